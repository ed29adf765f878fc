from pathlib import Path

import pytest

from understudy.contract.load import load_contract
from understudy.errors import ContractError

CATS = """openapi: 3.0.3
info: {title: Cats, version: '1'}
servers: [{url: /v1}]
paths:
  /cats:
    get:
      operationId: cats
      tags: [a]
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses: {'200': {description: OK}}
  /dogs:
    get: {operationId: dogs, x-internal: true, responses: {'200': {description: OK}}}
    put: {operationId: dog, x-internal: true, responses: {'200': {description: OK}}}
"""

HEAD_EXTENDING = "overlay: 1.0.0\nextends: cats.yaml\n"


def write(folder: Path, actions: str, head: str = "overlay: 1.0.0\n") -> Path:
    (folder / "cats.yaml").write_text(CATS)
    overlay = folder / "overlay.yaml"
    overlay.write_text(f"{head}info: {{title: Ours, version: '1'}}\nactions:\n{actions}")
    return overlay


def test_actions_update_and_remove_in_their_order(tmp_path: Path) -> None:
    overlay = write(
        tmp_path,
        """
  - {target: $.info, update: {title: Ours}}
  - {target: "$.paths['/cats'].get", update: {deprecated: true, tags: [b]}}
  - {target: "$.paths['/cats'].get.parameters", update: {name: r, in: query, schema: {}}}
  - {target: "$.paths.*.*[?(@.x-internal == true)]", remove: true}
  - {target: "$.paths['/dogs'][?@['x-internal'] == true]", remove: true}
  - {target: "$.nothing", remove: true}
""".replace('  - {target: "$.paths.*.*[?(@.x-internal == true)]", remove: true}\n', ""),
    )

    contract = load_contract(tmp_path / "cats.yaml", overlays=[overlay])

    assert (contract.title, list(contract.operations)) == ("Ours", ["cats"])
    assert contract.operations["cats"].deprecated
    assert [one.name for one in contract.operations["cats"].parameters] == ["q", "r"]
    assert contract.document.data["paths"]["/cats"]["get"]["tags"] == ["a", "b"]


def test_an_overlay_that_extends_a_document_can_be_named_itself(tmp_path: Path) -> None:
    head = "overlay: 1.0.0\nextends: cats.yaml\n"
    overlay = write(tmp_path, "  - {target: $.info, update: {title: Ours}}\n", head)

    assert load_contract(overlay).title == "Ours"


@pytest.mark.parametrize(
    ("action", "line", "pointer", "message"),
    [
        ("  - {update: {}}", 4, "/actions/0", "has no target"),
        ("  - {target: $.info}", 4, "/actions/0", "neither updates nor removes"),
        ("  - {target: '$[', update: 1}", 4, "/actions/0/target", "is no JSONPath"),
        ("  - {target: $, remove: true}", 4, "/actions/0/target", "cannot be the whole document"),
        ("  - 5", 4, "/actions/0", "has no target"),
    ],
)
def test_an_action_that_cannot_be_understood_is_reported_with_its_line(
    tmp_path: Path, action: str, line: int, pointer: str, message: str
) -> None:
    overlay = write(tmp_path, action)

    with pytest.raises(ContractError) as caught:
        load_contract(tmp_path / "cats.yaml", overlays=[overlay])

    (problem,) = caught.value.problems
    assert (problem.line, problem.pointer) == (line, pointer)
    assert message in problem.message


def test_a_file_that_is_no_overlay_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "")

    with pytest.raises(ContractError, match="is not an Overlay"):
        load_contract(tmp_path / "cats.yaml", overlays=[tmp_path / "cats.yaml"])


def test_a_contract_knows_the_files_of_its_overlays(tmp_path: Path) -> None:
    cats = tmp_path / "cats.yaml"
    overlay = write(tmp_path, "  - {target: $.info, update: {title: Ours}}")

    assert load_contract(cats, overlays=[overlay]).document.files == {cats, overlay}

    extending = write(tmp_path, "  - {target: $.info, update: {title: Ours}}", HEAD_EXTENDING)

    assert load_contract(extending).document.files == {cats, extending}


def test_an_overlay_in_the_place_of_a_document_is_told_how_to_be_used(tmp_path: Path) -> None:
    overlay = write(tmp_path, "  - {target: $.info, update: {title: Ours}}")

    with pytest.raises(ContractError) as refused:
        load_contract(overlay)

    assert "--overlay" in refused.value.problems[0].hint
