"""Who somebody is: users, and visitors without an account."""
