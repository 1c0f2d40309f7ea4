"""What the drivers share: JSON strings, one a line, in and out, in the same order."""
import json
import sys


def texts():
    return [json.loads(line) for line in sys.stdin if line.strip()]


def answer(redacted):
    for text in redacted:
        sys.stdout.write(json.dumps(text, ensure_ascii=False) + "\n")


def without_spans(text, spans, name="<secret>"):
    """The text with the spans (start, end) taken out. Spans that overlap are one."""
    merged = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    for start, end in reversed(merged):
        text = text[:start] + name + text[end:]
    return text


def spans_of(text, values):
    """Where the values stand, each as often as it does."""
    spans = []
    for value in filter(None, values):
        start = text.find(value)
        while start >= 0:
            spans.append((start, start + len(value)))
            start = text.find(value, start + len(value))
    return spans
