"""The web application: linked-data pages, SPARQL, validation, self-description.

``create_app`` is the factory; one blueprint stands for each concern.
"""

from __future__ import annotations

from flask import Flask

from kuvend.project import Project
from kuvend.web import (
    bodies,
    data,
    diagnosis,
    discovery,
    documents,
    errors,
    explanations,
    graphs,
    headers,
    library,
    linting,
    operator,
    pages,
    rendering,
    rules,
    shapes,
    sparql,
    things,
    update,
    validate,
    vocabulary,
    whying,
)
from kuvend.web.knowledge import install
from kuvend.web.tokens import known_tokens


def create_app(project: Project) -> Flask:
    """A fresh application that serves ``project``; it opens its release at the first request.

    :raises ProjectError: where the setting of tokens cannot be read.
    """
    known_tokens(project.settings)
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = project.settings.max_body_bytes
    app.extensions["kuvend"] = project
    install(app, project)
    rendering.install(app)
    errors.install(app)
    headers.install(app)
    bodies.install(app)
    for module in (
        pages,
        things,
        documents,
        vocabulary,
        graphs,
        library,
        explanations,
        discovery,
        sparql,
        update,
        data,
        validate,
        shapes,
        rules,
        operator,
        diagnosis,
        linting,
        whying,
    ):
        app.register_blueprint(module.blueprint)
    return app


__all__ = ["create_app"]
