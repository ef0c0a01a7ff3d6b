"""What can go wrong, sorted by the one question a retry asks: can waiting heal it?

Every message is one line that names the file, field, row or setting, and never holds a secret.
"""


class EltError(Exception):
    """Base of every error the project raises on purpose."""


class TerminalError(EltError):
    """Waiting cannot heal it: someone has to change data, a setting or the catalog."""


class TransientError(EltError):
    """The next try may well succeed: a network, a server or a lock was in the way."""


class CatalogError(TerminalError):
    """A catalog file, a mart or a suite says something that cannot be meant."""


class WorkbookError(TerminalError):
    """A schema workbook cannot be read, or says something that is not clear; nothing was written."""


class SettingError(TerminalError):
    """A connection is missing, incomplete or refused by the system it points to."""


class SourceError(TerminalError):
    """The source answered something that is not what its contract promises."""


class EvidenceError(TerminalError):
    """An object is not the one its manifest describes."""


class ConservationError(TerminalError):
    """Rows went missing or appeared between two steps; nothing of the batch was committed."""


class DeliveryError(TerminalError):
    """A delivery's manifest or files are not what they are to be; whoever handed them in has to change them."""


class ExpectationError(TerminalError):
    """A critical expectation failed: the batch stays in staging and core is untouched."""


class SignOffError(TerminalError):
    """Nobody has signed for the batch, or somebody has rejected it: it stays in staging and core is untouched."""


class VolumeError(TerminalError):
    """Far more rows are bad or gone than ever should be: a person has to look first; nothing was committed."""


class StaleWorkerError(TerminalError):
    """Another attempt of the same batch has taken over; this one must not write."""
