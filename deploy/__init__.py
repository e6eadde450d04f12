"""How the site is brought up, checked and shipped. Nothing of the site imports this package."""
