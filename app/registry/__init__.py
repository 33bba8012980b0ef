"""THE MEMORY: what the service knows of the world, read strictly from files and kept in the register."""

from app.registry.directory import load_directory, service_points
from app.registry.pathways import check_slugs, load_pathways
from app.registry.places import load_crossings, load_places

__all__ = ["check_slugs", "load_crossings", "load_directory", "load_pathways", "load_places", "service_points"]
