"""Circles of organizations and ends of links by numbers say what the values say."""

from tests.routing.networks import Draw


def test_a_circle_are_own_points_and_those_that_links_lead_to():
    for seed in range(30):
        network = Draw(seed).network(24)
        columns, links, linkage = network.columns, list(network.links), network.linkage
        for number, organization in enumerate(columns.organization.vocabulary):
            own = set(columns.rows_of_organization(organization).tolist())
            led_to = {columns.row_of(link.to) for link in links if link.from_organization == organization}
            assert set(linkage.circle_of(number).tolist()) == own | led_to


def test_links_are_found_from_both_ends():
    for seed in range(30):
        network = Draw(seed).network(24)
        columns, links, linkage = network.columns, network.links, network.linkage
        for number, slug in enumerate(columns.slug.vocabulary):
            target = linkage.target.item(number)
            rows = [] if target < 0 else links.by_target.of(target).tolist()
            assert tuple(map(links.link, rows)) == network.links_to(slug)
        for number, sender in enumerate(links.from_organization.vocabulary):
            place = linkage.sender.item(number)
            assert (columns.organization.vocabulary[place] if place >= 0 else sender) == sender
