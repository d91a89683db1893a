//! Ports of nodes that cannot be had.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::ports;
use std::ops::RangeInclusive;

pub(super) static RULE: Rule = Rule {
    name: "node-port-clash",
    severity: Severity::Error,
    text: r"# node-port-clash

A Service asks for a port of the nodes that another one has, or that is out of range.

Each port of the nodes belongs to one Service and one transport. The API server refuses a second one, and a port outside of its range, which is 30000 to 32767 unless it was
started with another one. Leave out `nodePort`, and it chooses a free one.

## Fires: where two have it

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}
```

## Fires: where it is out of range

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, ports: [{port: 80, nodePort: 8080}]}
```

## Quiet

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {type: NodePort, ports: [{port: 80, nodePort: 30081}]}
```

## Quiet: where the transport differs

```yaml
apiVersion: v1
kind: Service
metadata: {name: dns, namespace: shop}
spec: {type: NodePort, ports: [{port: 53, nodePort: 30053, protocol: UDP, name: udp}, {port: 53, nodePort: 30053, name: tcp}]}
```
",
};

/// Where the API server is not told otherwise.
pub(super) const RANGE: RangeInclusive<i32> = 30000..=32767;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut taken = HashMap::new();
    let mut findings = Vec::new();
    for service in &look.cluster.services {
        for (at, port) in ports(&service.value).iter().enumerate() {
            let Some(number) = port.node_port.filter(|number| *number != 0) else { continue };
            let place = service.span(&["spec", "ports", &at.to_string(), "nodePort"]);
            let finding = |message: String| RULE.finding(message).at(place).subject(number.to_string()).object(service.reference.clone());
            if !RANGE.contains(&number) {
                let finding = finding(format!("the node port {number} is outside of {} to {}", RANGE.start(), RANGE.end()));
                findings.push(Diagnostic { severity: Severity::Warning, ..finding }.note("the API server may have another range"));
            }
            match taken.entry((number, port.protocol.as_deref().unwrap_or("TCP"))) {
                Entry::Vacant(free) => drop(free.insert((service, place))),
                Entry::Occupied(first) => {
                    let (other, where_) = first.get();
                    let message = format!("the node port {number} belongs to Service `{}/{}`", other.reference.namespace, other.reference.name);
                    findings.push(finding(message).related("first asked for here", *where_));
                }
            }
        }
    }
    findings
}
