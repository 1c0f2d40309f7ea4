"""detect-secrets with the plugins and filters that it uses by default. A file for each text: only for files does it
hold random strings to its limits; for a line given by hand it shows every word. Of some tokens it shows the prefix
alone, so what it shows is widened to the run of characters that it stands in."""
import pathlib
import re
import tempfile

from detect_secrets.core import scan
from detect_secrets.settings import default_settings

from lines import answer, spans_of, texts, without_spans

RUN = re.compile(r"[A-Za-z0-9_./+=~-]+")


def redacted(file, text):
    file.write_text(text + "\n", encoding="utf-8")
    spans = spans_of(text, {found.secret_value for found in scan.scan_file(str(file))})
    runs = [run.span() for run in RUN.finditer(text)]
    wide = [run for run in runs if any(start < run[1] and run[0] < end for start, end in spans)]
    return without_spans(text, spans + wide)


with default_settings(), tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "text.txt"
    answer([redacted(file, text) for text in texts()])
