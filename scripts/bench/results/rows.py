"""One line of the table."""


class Row(dict):
    """What was measured, the gateway's figure, the other's, how they compare, and what they should.

    With a ratio the target is the ratio's, else the figure's. `curve` is the place in the picture of growth:
    its panel, its axis, x, what stands on the axis there, and the figures of the rounds.
    """

    def __init__(self, work, unit, ours, other_name=None, other=None, ratio=None, low=None, high=None,
                 target=None, at_most=False, note=None, curve=None, failure=None):
        super().__init__(work=work, unit=unit, ours=ours, other_name=other_name, other=other, ratio=ratio, low=low,
                         high=high, target=target, at_most=at_most, note=note, curve=curve, failure=failure)
        self["is_met"] = self._is_met()

    @classmethod
    def failed(cls, work, reason):
        """What could not be measured."""
        return cls(work, "", None, failure=str(reason))

    @property
    def value(self):
        """What the target is about."""
        return self["ratio"] if self["ratio"] is not None else self["ours"]

    def _is_met(self):
        if self["target"] is None or self.value is None:
            return None
        return self.value <= self["target"] if self["at_most"] else self.value >= self["target"]
