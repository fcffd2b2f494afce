#!/usr/bin/env python
from mlops_portal.__main__ import main

if __name__ == "__main__":
    main()
