"""The doctor on an installation's own mail templates, and on what it tries them with."""

from pathlib import Path

from databases import only_sqlite
from patients import lines

from distribution import digests
from distribution.bundle import bundled
from distribution.doctor import mails, templates


def own(environment: dict[str, str], name: str, text: str | bytes) -> Path:
    path = Path(environment["DISTRIBUTION_HOME"]) / "email_templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@only_sqlite
def test_an_installation_without_any_uses_those_that_came(environment: dict[str, str]) -> None:
    assert lines(templates.check, environment) == ["✓ 邮件都用自带的模板"]


@only_sqlite
def test_those_that_make_mails_are_counted_by_mails(environment: dict[str, str]) -> None:
    path = own(environment, "notice/subject.txt", "提醒：{{ title }}")
    unused = own(environment, "imprnt.txt", "")

    assert lines(templates.check, environment) == [
        f"! 邮件模板 {unused} 不会用到，文件名与自带的都不相同：请核对文件名",
        f"✓ {path.parents[1]} 中自己的模板做得出邮件，用到它们的有 1 种",
    ]


@only_sqlite
def test_each_fault_is_one_line_however_many_mails_have_it(environment: dict[str, str]) -> None:
    subject = own(environment, "digest/subject.txt", "主题")
    shared = own(environment, "mine.txt", "您好\n{{ nonsense }}\n")
    own(environment, "told/body.txt", "{% include 'mine.txt' %}")
    own(environment, "notice/body.txt", "{% include 'mine.txt' %}")

    of_digest, of_letters = lines(templates.check, environment)

    assert of_digest.startswith(f"✗ 邮件模板 {subject} 有误：缺少 piece：own")
    assert of_letters.startswith(f"✗ 邮件模板 {shared} 第 2 行 有误：")
    assert of_letters.endswith("；请改正，或把它移走而用自带的")


@only_sqlite
def test_a_folder_that_cannot_be_looked_through_is_said(environment: dict[str, str]) -> None:
    for number in range(201):
        own(environment, f"{number}.txt", "")

    [said] = lines(templates.check, environment)

    assert "有误：文件太多，最多 200 个" in said


def test_the_trial_knows_every_mail_and_all_that_its_templates_see() -> None:
    folder = bundled("email_templates")
    known = {path.name for path in folder.iterdir() if path.is_dir()}
    assert known == {"digest", "report", *mails.LETTERS}  # reports are always made of ours

    for name, values in mails.LETTERS.items():
        assert digests.render_letter([folder], name, values).subject
    assert digests.render_sheet(mails.ISSUE, mails.TOPICS, [folder], honeypot=True).commercial
