"""The version of this release: of the portal, the agent, and in every archive of a backup."""

VERSION = "0.1.0"
