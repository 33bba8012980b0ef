"""The command line: `referral ...`. Parse, ask the desk or the register, print; exit codes are told in `house`."""

from app.cli.commands import main

__all__ = ["main"]
