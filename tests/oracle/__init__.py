"""Independent exact solvers for referral problem files, used to check the engine."""
