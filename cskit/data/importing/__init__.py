"""What might an unknown export be? A proposal for a person to confirm; nothing is read by it until somebody did."""

from cskit.data.importing.ask import Proposed, propose

__all__ = ["Proposed", "propose"]
