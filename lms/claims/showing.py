"""Evidence as it is handed out."""

from flask import Response, send_file

from lms.base.errors import NotFound
from lms.claims import evidence


def as_evidence(evidence_id: int | None) -> Response:
    """A photo to be shown, anything else as a download; never as something that a browser runs."""
    if evidence_id is None:
        raise NotFound
    path, kind = evidence.path_of(evidence_id)
    response = send_file(path, mimetype=evidence.MIME[kind], as_attachment=kind != "image",
                         download_name=f"bukti-{evidence_id}.{evidence.ENDING[kind]}", max_age=0)
    response.headers["Cache-Control"] = "private, no-store"
    return response
