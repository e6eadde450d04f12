"""The judge's side inside a box. Standard library only; nothing here imports the rest."""
