import pytest

from understudy.contract.meaning import names


@pytest.mark.parametrize(
    ("path", "parameter", "name"),
    [
        ("/customers/{id}/orders", "id", "customerid"),
        ("/web-chats/{id}/notes", "id", "webchatid"),
        ("/customers/{uuid}/orders", "uuid", "customeruuid"),
        ("/customers/{customer_id}/orders", "customer_id", "customerid"),
        ("/owners/{ownerId}/pets/{id}/toys", "id", "petid"),
        ("/orders/order-{id}/lines", "id", "id"),
        ("/orders({id})/lines", "id", "id"),
        ("/items/{id}/lines", "id", "id"),
        ("/replies/{id}/replies", "id", "id"),
        ("/{id}/orders", "id", "id"),
    ],
)
def test_a_parameter_has_the_name_that_members_have_for_it(
    path: str, parameter: str, name: str
) -> None:
    assert names.of_parameter(path, parameter) == name
