"""LaTeX to what a mail can show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.compiler.article.formulas import without_latex


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"$T \leq 3.5 \text{ K}$", "T ≤ 3.5 K"),
        (r"$T \ge 60^{\circ}\mathrm{C}$", "T ≥ 60℃"),
        (r"$25 ^\circ C$", "25℃"),
        (r"$30^\circ$", "30°"),
        (r"$CO_2$", "CO₂"),
        (r"$H_{2}O$", "H₂O"),
        (r"$5 \times 10^{-3}$", "5 × 10⁻³"),
        (r"$\mathrm{m}^2$", "m²"),
        (r"$\pm 0.5\%$", "±0.5%"),
        (r"$2\mathrm{~K}$", "2 K"),
        (r"$\text{温度} \leq 3$", "温度 ≤ 3"),
    ],
)
def test_formulas_become_unicode(latex: str, plain: str) -> None:
    assert without_latex(f"约（{latex}）") == f"约（{plain}）"


@pytest.mark.parametrize(
    "text",
    [
        "由 $5 涨到 $6",
        "共 $5，见 a_b 与 $6",
        r"\$5 与 \$6_",
        "$ $",
        "$$",
        "$" + "{" * 150 + r"\x$",
    ],
)
def test_dollars_without_a_formula_stay(text: str) -> None:
    assert without_latex(text) == text


@given(st.text(alphabet=r"$\{}^_abc12%&#~ []frac", max_size=60))
def test_broken_formulas_break_nothing(text: str) -> None:
    assert without_latex(f"前 {text} 后").startswith("前 ")
