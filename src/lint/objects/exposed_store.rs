//! Databases that are reached from outside.

use hashbrown::HashSet;

use super::entrances::Door;
use super::guards::is_for_few;
use super::look::{Look, ingress_of};
use crate::diagnostic::{Diagnostic, ObjectRef, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;
use crate::manifest::{Object, named, port_of, ports, target};
use k8s_openapi::api::core::v1::{ConfigMap, Service, ServicePort};

pub(super) static RULE: Rule = Rule {
    name: "exposed-store",
    severity: Severity::Warning,
    text: r"# exposed-store

A database or another store is reached from outside the cluster.

Stores speak protocols of their own, seldom ask for more than a password, and are what attackers look for first. A port is taken for that of a store by its number or
its name: PostgreSQL, MySQL, MongoDB, Redis, Memcached, Elasticsearch, etcd, Cassandra, Kafka, RabbitMQ, ZooKeeper, InfluxDB, CouchDB, Microsoft SQL Server, Oracle.
Inside the cluster a Service of type `ClusterIP` does. An Ingress that asks for a password, asks an authentication service or lets few addresses in means it: it is not told.

## Fires: by the type of the Service

```yaml
apiVersion: v1
kind: Service
metadata: {name: postgres, namespace: shop}
spec: {type: LoadBalancer, ports: [{port: 5432}]}
```

## Fires: by addresses that nodes take

```yaml
apiVersion: v1
kind: Service
metadata: {name: postgres, namespace: shop}
spec: {externalIPs: [192.0.2.7], ports: [{port: 5432}]}
```

## Fires: by an Ingress

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: search, port: {number: 9200}}}}
---
apiVersion: v1
kind: Service
metadata: {name: search, namespace: shop}
spec: {ports: [{port: 9200}]}
```

## Fires: by a TCP service

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: tcp-services, namespace: ingress-nginx}
data: {'6379': shop/redis:6379}
---
apiVersion: v1
kind: Service
metadata: {name: redis, namespace: shop}
spec: {ports: [{port: 6379}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: redis-1, namespace: shop, labels: {kubernetes.io/service-name: redis}}
addressType: IPv4
ports: [{port: 6379}]
endpoints: [{addresses: [10.1.0.1]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  template:
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --tcp-services-configmap=ingress-nginx/tcp-services]
```

## Quiet

```yaml
apiVersion: v1
kind: Service
metadata: {name: postgres, namespace: shop}
spec: {ports: [{port: 5432}]}
```

## Quiet: few get there

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/whitelist-source-range: 192.0.2.0/24
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: search, port: {number: 9200}}}}
---
apiVersion: v1
kind: Service
metadata: {name: search, namespace: shop}
spec: {ports: [{port: 9200}]}
```
",
};

/// Names and ports of stores, and what they are.
const STORES: [(&str, &[&str], &str); 15] = [
    ("postgres", &["5432", "postgresql"], "PostgreSQL"),
    ("mysql", &["3306", "mariadb"], "MySQL"),
    ("mongodb", &["27017", "mongo"], "MongoDB"),
    ("redis", &["6379"], "Redis"),
    ("memcached", &["11211", "memcache"], "Memcached"),
    ("elasticsearch", &["9200", "9300"], "Elasticsearch"),
    ("etcd", &["2379", "2380"], "etcd"),
    ("cassandra", &["9042"], "Cassandra"),
    ("kafka", &["9092"], "Kafka"),
    ("amqp", &["5672", "5671"], "RabbitMQ"),
    ("zookeeper", &["2181"], "ZooKeeper"),
    ("influxdb", &["8086"], "InfluxDB"),
    ("couchdb", &["5984"], "CouchDB"),
    ("mssql", &["1433"], "Microsoft SQL Server"),
    ("oracle", &["1521"], "Oracle"),
];

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = look.cluster.services.iter().filter_map(by_type).collect();
    // Who puts a password or a list of addresses before it means it.
    let guarded = |(_, route): (_, &Route)| is_for_few(look.proxy, route).then(|| ingress_of(route)).flatten();
    let guarded: HashSet<ObjectRef> = look.one_of_each_ingress().filter_map(guarded).collect();
    for asked in look.backends().filter(|asked| !guarded.contains(&asked.ingress.reference)) {
        let wanted = asked.backend.port().unwrap_or_default();
        let store = asked.port().map_or_else(|| store_of(&[&wanted]), store);
        let Some(store) = store else { continue };
        let finding = RULE.finding(format!("Service `{}`, which looks like {store}, is reached from outside by this path", asked.name()));
        findings.push(finding.at(asked.port_span()).subject(asked.name()).object(asked.ingress.reference.clone()));
    }
    let flags = &look.controller.flags;
    for key in [&flags.tcp_services_configmap, &flags.udp_services_configmap] {
        let is_it = |map: &&Object<ConfigMap>| key.split_once('/') == Some((map.reference.namespace.as_str(), map.reference.name.as_str()));
        let Some(map) = look.cluster.config_maps.iter().find(is_it) else { continue };
        findings.extend(map.value.data.iter().flatten().filter_map(|(listen, value)| by_stream(look, map, listen, value)));
    }
    findings
}

/// A line `namespace/service:port` of the services for TCP or UDP, whether or not its Service is in the input.
fn by_stream(look: &Look, map: &Object<ConfigMap>, listen: &str, value: &str) -> Option<Diagnostic> {
    let (name, rest) = value.split_once(':')?;
    let (namespace, service) = name.split_once('/')?;
    let wanted = rest.split(':').next().unwrap_or_default();
    let port = named(&look.cluster.services, namespace, service).and_then(|service| port_of(&service.value, wanted));
    let store = store_of(&[wanted, service]).or_else(|| port.and_then(store))?;
    let finding = RULE.finding(format!("Service `{name}`, which looks like {store}, is reached from outside by port {listen}"));
    Some(finding.at(map.span(&["data", listen])).subject(name).object(map.reference.clone()))
}

fn by_type(service: &Object<Service>) -> Option<Diagnostic> {
    let door = Door::of(service)?;
    let store = ports(&service.value).iter().find_map(store)?;
    let name = format!("{}/{}", service.reference.namespace, service.reference.name);
    let finding = RULE.finding(format!("Service `{name}`, which looks like {store}, is reached from outside by its {}", door.words()));
    let is_inside = |(key, value): (&String, &String)| key.contains("internal") && !matches!(value.as_str(), "false" | "0.0.0.0/0");
    // Load balancers of a cloud can be inside its network.
    let mut annotations = service.value.metadata.annotations.iter().flatten();
    let finding = finding.at(door.span(service)).subject(name).object(service.reference.clone());
    (!annotations.any(is_inside)).then_some(finding)
}

fn store(port: &ServicePort) -> Option<&'static str> {
    let number = port.port.to_string();
    store_of(&[&number, port.name.as_deref().unwrap_or_default(), &target(port)])
}

fn store_of(words: &[&str]) -> Option<&'static str> {
    let is_one = |word: &&str, known: &str| *word == known || !known.starts_with(|c: char| c.is_ascii_digit()) && word.split('-').any(|part| part == known);
    STORES.iter().find(|(name, others, _)| words.iter().any(|word| is_one(word, name) || others.iter().any(|other| is_one(word, other)))).map(|(_, _, store)| *store)
}
