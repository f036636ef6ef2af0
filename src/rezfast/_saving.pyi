from typing import Any

class OtherDataError(Exception): ...

def plain_json_text(data: Any) -> str:
    """What `json.dumps(data, indent=4, separators=(",", ": "), sort_keys=True)` gives.

    Raises:
        OtherDataError: There is data that is left to the `json` module.
    """

def compacted_graph(
    nodes: dict[str, dict[str, str]],
    edges: dict[tuple[str, str], dict[str, str]],
    targets: dict[str, list[str]],
) -> str:
    """A graph in the compact notation of saved contexts, edges by the node they lead from.

    Args:
        nodes: The attributes of each node.
        edges: The attributes of each edge.
        targets: The nodes that the edges of each node lead to.
    """
