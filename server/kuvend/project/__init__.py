"""The project: the one place where the parts are composed.

``Project.open`` finds the knowledge folders, ``build`` makes a release of them, ``release`` gives
the one that is current. Web and command line call nothing below this layer directly, except
plain functions on plain values.
"""

from kuvend.project.build import Build, Sources
from kuvend.project.folder import ProjectFolder
from kuvend.project.project import Project
from kuvend.project.release import Release, ReleaseFolder

__all__ = ["Build", "Project", "ProjectFolder", "Release", "ReleaseFolder", "Sources"]
