"""Presidio's recognisers that work by patterns and checksums: no model of language, so no names and places."""
import inspect

import tldextract
from presidio_analyzer import PatternRecognizer, predefined_recognizers

from lines import answer, texts, without_spans

# The list of domains that it comes with, instead of one from the network.
tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())


def recognisers():
    for _, kind in sorted(inspect.getmembers(predefined_recognizers, inspect.isclass)):
        if issubclass(kind, PatternRecognizer) and kind is not PatternRecognizer:
            recogniser = kind()
            if recogniser.supported_language == "en":
                yield recogniser


ALL = list(recognisers())
# What Presidio itself takes as found where a caller names no threshold is anything above nothing; of weak patterns
# (nine digits) that is most of a text. The threshold is that of its documentation for use without context.
THRESHOLD = 0.4


def redacted(text):
    spans = []
    for recogniser in ALL:
        found = recogniser.analyze(text, recogniser.supported_entities, None) or []
        spans += [(result.start, result.end) for result in found if result.score >= THRESHOLD]
    return without_spans(text, spans, "<personal>")


answer(map(redacted, texts()))
