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
        (r"$T_{\max}$", "Tmax"),
        (r"$SO_4^{2-}$", "SO₄²⁻"),
        (r"$\frac{1}{2}$", "1/2"),
        (r"$x_i$", "x_i"),
        ("$x$", "x"),
        ("$n = 3$", "n = 3"),
        ("$$E = mc^2$$", "E = mc²"),
        (r"\(x_2\)", "x₂"),
        (r"CO$_2$", "CO₂"),
        (r"$\pm$5%", "±5%"),
    ],
)
def test_formulas_become_unicode(latex: str, plain: str) -> None:
    assert without_latex(f"约（{latex}）") == f"约（{plain}）"


@pytest.mark.parametrize(
    ("bare", "plain"),
    [
        ("CO_{2}", "CO₂"),
        ("H_2O", "H₂O"),
        ("Al_2O_3", "Al₂O₃"),
        ("Fe_{2}O_{3}", "Fe₂O₃"),
        ("Ca(OH)_2", "Ca(OH)₂"),
        ("LiFePO_4", "LiFePO₄"),
        ("SO_4^{2-}", "SO₄²⁻"),
        ("NO_x", "NOₓ"),
        ("m^{2}", "m²"),
        ("kg/m^3", "kg/m³"),
        ("10^{-6}", "10⁻⁶"),
        ("10^6", "10⁶"),
        ("PM_{2.5}", "PM2.5"),
        ("T_{max}", "Tmax"),
        ("x_{i}", "x_i"),
        (r"25^{\circ}C", "25℃"),
        (r"30^\circ", "30°"),
    ],
)
def test_formulas_that_lost_their_dollars_become_unicode(bare: str, plain: str) -> None:
    assert without_latex(f"排放{bare}约 5 t，见 {bare}。") == f"排放{plain}约 5 t，见 {plain}。"


@pytest.mark.parametrize(
    "text",
    [
        "snake_case_2",
        "file_2",
        "MAX_2",
        "some_name_{2}",
        "http://a.example/x_{2}^2",
        "www.a.example/m^2",
        "a_{2}@b.example",
        "x^n",
        "x^2.5",
        "[^0-9]",
        r"C:\data\a_b",
        "_{2}",
        "^2",
        "2023_09.pdf",
    ],
)
def test_names_and_addresses_are_no_formulas(text: str) -> None:
    assert without_latex(f"见 {text} 一处") == f"见 {text} 一处"


@pytest.mark.parametrize("price", ["$5", "US$5", "$1,000", "$5—$6"])
def test_a_price_before_a_formula_hides_it_not(price: str) -> None:
    assert without_latex(rf"价 {price}，$T \leq 3$") == f"价 {price}，T ≤ 3"


@pytest.mark.parametrize(
    "text",
    [
        "US$5 a_b US$6",
        "US$5",
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
