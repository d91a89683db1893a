//! Names outside of the cluster that are looked up five times.

use super::behind::{at_container, behind};
use super::look::Look;
use super::urls::is_inside;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Pods;

pub(super) static RULE: Rule = Rule {
    name: "many-name-lookups",
    severity: Severity::Info,
    text: r"# many-name-lookups

Pods look up each name outside of the cluster several times.

Kubernetes sets `ndots:5` for pods. A name with fewer than five dots, as `api.example.net`, is first tried with every search domain of the cluster, which makes some eight questions of one, and more waiting for each request
that needs it. `dnsConfig` with `ndots` of 1 or 2, or a dot at the end of the name, does away with them.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
        env: [{name: API_URL, value: 'https://api.example.net/v1'}]
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      dnsConfig: {options: [{name: ndots, value: '1'}]}
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
        env: [{name: API_URL, value: 'https://api.example.net/v1'}]
```

## Quiet: where names of the cluster are meant

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
        env: [{name: API_URL, value: 'http://api.shop.svc.cluster.local/v1'}]
```

## Quiet: where the name ends with a dot

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
        env: [{name: API_HOST, value: 'api.example.net.'}]
```
",
};

/// Dots from which on a name is first tried as it is.
const DOTS: usize = 5;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let searching = behind(look).into_iter().filter(|behind| searches(&behind.workload.value.pods));
    searching
        .filter_map(|behind| {
            let containers = behind.workload.value.pods.containers().iter().enumerate();
            let mut named = containers.flat_map(|(at, container)| container.env.iter().flatten().map(move |variable| (at, variable)));
            let (at, variable, host) = named.find_map(|(at, variable)| Some((at, &variable.name, outside(variable.value.as_ref()?.as_str()?)?)))?;
            let message = format!("`{host}`, which `{variable}` names, is looked up with every search domain of the cluster first: `ndots` is 5");
            let finding = RULE.finding(message).at(at_container(behind.workload, at, "env")).subject(host);
            let finding = finding.object(behind.workload.reference.clone());
            Some(finding.help("set `dnsConfig: {options: [{name: ndots, value: \"1\"}]}` on the pods, or write the name with a dot at its end"))
        })
        .collect()
}

fn searches(pods: &Pods) -> bool {
    let options = pods.dns_config.iter().flat_map(|config| config.options.iter().flatten());
    let is_set = options.into_iter().any(|option| option.name.as_deref() == Some("ndots"));
    !is_set && !matches!(pods.dns_policy.as_deref(), Some("Default" | "None"))
}

/// The host outside of the cluster that a value names, alone or in a URL.
fn outside(value: &str) -> Option<&str> {
    let rest = value.split_once("://").map(|(_, rest)| rest);
    // An address of mail is looked up by whoever sends it.
    if rest.is_none() && value.contains('@') {
        return None;
    }
    let authority = rest.unwrap_or(value).split(['/', '?', '#']).next()?;
    let name = authority.rsplit('@').next()?.split(':').next()?;
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    // A word with dots alone may be the name of a file or of a class.
    let is_host = rest.is_some() || value == authority && name.rsplit('.').next().is_some_and(|last| matches!(last, "com" | "net" | "org" | "io" | "dev" | "eu"));
    let last_is_word = name.rsplit('.').next().is_some_and(|last| last.starts_with(|letter: char| letter.is_ascii_alphabetic()));
    let fits = is_host && last_is_word && name.split('.').all(is_label) && (1..DOTS).contains(&name.matches('.').count());
    (fits && !is_inside(name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_outside_are_found_in_values() {
        for (value, expected) in [
            ("https://api.example.net/v1", Some("api.example.net")),
            ("postgres://user:word@db.example.com:5432/x", Some("db.example.com")),
            ("api.example.com", Some("api.example.com")),
            ("api.example.com:443", Some("api.example.com")),
            ("https://api.example.net.", None),
            ("http://api.shop.svc/v1", None),
            ("http://api", None),
            ("https://10.0.0.1/x", None),
            ("https://8.8.8.8/x", None),
            ("org.example.Main", None),
            ("settings.py", None),
            ("", None),
        ] {
            assert_eq!(outside(value), expected, "{value}");
        }
    }
}
