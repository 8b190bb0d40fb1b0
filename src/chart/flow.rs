//! Flows between named states.

use serde_json::{Value, json};

use super::{format, number};

/// `from` and `to` are positions in the list of nodes; links run forward (no cycles).
pub struct Link {
    pub from: usize,
    pub to: usize,
    pub value: f64,
    pub drill: Value,
}

/// A Sankey diagram: context-grey links, the hovered path in qing. `nodes` are unique texts with the label to show; a state
/// that stands on both sides needs two nodes.
pub fn sankey(nodes: &[(String, Value)], links: &[Link], kind: &str) -> Value {
    let name = |i: usize| nodes.get(i).map_or("", |n| n.0.as_str());
    let list: Vec<Value> = nodes
        .iter()
        .map(|(id, label)| json!({ "name": id, "itemStyle": { "color": "$color:ink-3" }, "label": { "formatter": label } }))
        .collect();
    let flows: Vec<Value> = links
        .iter()
        .filter(|l| l.value > 0.0)
        .map(|l| json!({ "source": name(l.from), "target": name(l.to), "value": number(l.value), "drill": l.drill }))
        .collect();
    json!({
        "animation": false,
        "aria": { "enabled": true },
        "tooltip": { "renderMode": "richText", "confine": true, "valueFormatter": format(kind) },
        "series": [{
            "type": "sankey", "data": list, "links": flows, "left": 4, "right": 120, "top": 8, "bottom": 8,
            "nodeWidth": 8, "nodeGap": 12, "draggable": false, "layoutIterations": 0,
            "lineStyle": { "color": "$color:context", "opacity": 0.35 },
            "emphasis": { "focus": "trajectory", "lineStyle": { "color": "$color:cat-1", "opacity": 0.5 } },
        }],
    })
}
