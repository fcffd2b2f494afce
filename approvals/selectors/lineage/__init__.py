"""Why a model judged a part on a machine at a minute."""
