"""Safe, ranked referral routes for people who have been trafficked, in five countries of Central Asia."""

__version__ = "0.1.0"
