//! Ports of nodes that are chosen by hand.

use hashbrown::{HashMap, HashSet};

use super::entrances::entrances;
use super::look::Look;
use super::node_port_clash::RANGE;
use crate::diagnostic::{Diagnostic, ObjectRef, Severity};
use crate::lint::rule::Rule;
use crate::manifest::ports;

pub(super) static RULE: Rule = Rule {
    name: "fixed-node-port",
    severity: Severity::Info,
    text: r"# fixed-node-port

A Service asks for a port of the nodes by its number.

The number belongs to one Service of the whole cluster. A second copy of the manifests, for another team or a test, is refused, and so is this one where somebody took the number before. Without `nodePort` the cluster
chooses one that is free.

## Fires

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
```

## Quiet

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
```

## Quiet: where a load balancer outside knows the number

```yaml
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx, labels: {app.kubernetes.io/name: ingress-nginx}}
spec: {type: NodePort, selector: {app: ingress-nginx}, ports: [{port: 80, nodePort: 30080}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let own: HashSet<&ObjectRef> = entrances(look).map(|(service, _)| &service.reference).collect();
    let mut asked: HashMap<i32, usize> = HashMap::new();
    let all = || look.cluster.services.iter().flat_map(|service| ports(&service.value).iter().enumerate().map(move |(at, port)| (service, at, port)));
    for number in all().filter_map(|(_, _, port)| port.node_port) {
        *asked.entry(number).or_default() += 1;
    }
    // Those that cannot be had are told by themselves.
    let fixed = all().filter_map(|(service, at, port)| Some((service, at, port.node_port.filter(|number| RANGE.contains(number) && asked.get(number) == Some(&1))?)));
    let mut told = HashSet::new();
    let fixed = fixed.filter(|(service, ..)| !own.contains(&service.reference) && told.insert(&service.reference));
    fixed
        .map(|(service, at, number)| {
            let message = format!("the node port {number} is chosen by hand: a second copy of the Service, or whoever took it before, gets in its way");
            let finding = RULE.finding(message).at(service.span(&["spec", "ports", &at.to_string(), "nodePort"]));
            finding.subject(number.to_string()).object(service.reference.clone()).help("remove `nodePort`: the cluster chooses a free one")
        })
        .collect()
}
