"""The floor: what this stack costs when it does next to nothing. One page, three small queries, the reader by ORM."""

import os

import pysqlite3.dbapi2
from flask import Flask, redirect, render_template
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.wrappers import Response

from lms.serving import Served


class Base(DeclarativeBase):
    """Parent of the floor's tables."""


class Reader(UserMixin, Base):  # type: ignore[misc]
    """Who is signed in."""

    __tablename__ = "readers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Lesson(Base):
    """What is read."""

    __tablename__ = "lessons"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]


class Progress(Base):
    """What has been done."""

    __tablename__ = "progress"
    reader_id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(primary_key=True)


db = SQLAlchemy(model_class=Base)
PAGE = """<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{{ lesson.title }}</title></head><body>
<p>{{ current_user.name }}, {{ done }} / 30</p><ul>{% for one in outline %}<li><a href="{{ url_for('page', number=one.id) }}">
{{ one.title }}</a></li>{% endfor %}</ul><h1>{{ lesson.title }}</h1>{{ lesson.text|safe }}
<a href="{{ url_for('page', number=1) }}">Awal</a></body></html>"""
TEXT = "<p>" + "Layani setiap warga sebagaimana Anda ingin dilayani. " * 5 + "</p>"


def create_app() -> Flask:
    """The program, with its rows."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="floor" * 8, SQLALCHEMY_DATABASE_URI=f"sqlite:///{os.environ['FLOOR_DATABASE']}",
        SQLALCHEMY_ENGINE_OPTIONS={"module": pysqlite3.dbapi2},
    )
    app.jinja_loader = DictLoader({"page.html": PAGE})
    db.init_app(app)
    manager = LoginManager(app)
    manager.user_loader(lambda number: db.session.get(Reader, int(number)))
    app.add_url_rule("/enter", view_func=enter)
    app.add_url_rule("/<int:number>", view_func=page)
    with app.app_context():
        event.listen(db.engine, "connect", lambda connection, _record: connection.execute("PRAGMA journal_mode = WAL"))
        _fill()
    return app


def enter() -> Response:
    """Sign in."""
    login_user(db.session.get_one(Reader, 1))
    return redirect("/1")


@login_required  # type: ignore[untyped-decorator]
def page(number: int) -> str:
    """The page that every figure is compared with."""
    lesson = db.session.get_one(Lesson, number)
    outline = db.session.execute(select(Lesson.id, Lesson.title).order_by(Lesson.id)).all()
    done = db.session.scalar(select(func.count()).select_from(Progress).where(Progress.reader_id == current_user.id))
    return render_template("page.html", lesson=lesson, outline=outline, done=done)


def _fill() -> None:
    db.create_all()
    if db.session.get(Reader, 1) is None:
        db.session.add(Reader(id=1, name="Sari Damanik"))
        db.session.add_all(Lesson(id=number, title=f"Pelajaran {number}", text=TEXT * 58) for number in range(1, 31))
        db.session.add_all(Progress(reader_id=1, lesson_id=number) for number in range(1, 8))
        db.session.commit()


def served() -> Served:
    """It as granian calls it."""
    return Served(create_app())


def serve(port: int) -> None:
    """Serve it as the platform is served."""
    from granian import Granian
    from granian.constants import Interfaces

    _ = create_app()  # fills the database once, before two processes want to
    Granian(
        "bench.floor:served", factory=True, address="127.0.0.1", port=port, interface=Interfaces.RSGI, websockets=False, workers=2,
        log_level="warning", backpressure=1024,  # type: ignore[arg-type]
    ).serve()


if __name__ == "__main__":
    serve(int(os.environ["FLOOR_PORT"]))
