"""What if a setting were another? The same figures and sentences, at once, and the setting to hand over."""

from cskit.explore.compared import key_figures, side_by_side
from cskit.explore.controls import Choice, Control, Number, Shares
from cskit.explore.explorer import Explorer, Panel, Tried
from cskit.explore.latest import Latest

__all__ = [
    "Choice",
    "Control",
    "Explorer",
    "Latest",
    "Number",
    "Panel",
    "Shares",
    "Tried",
    "key_figures",
    "side_by_side",
]
