"""What a reviewer sees of a staged batch before it may reach core: its profile and its map."""
