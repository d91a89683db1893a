//! Firewalls that write down what they find and block nothing.

use super::look::{Look, at_annotation};
use crate::catalog::features::waf;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;
use crate::lower;

pub(super) static RULE: Rule = Rule {
    name: "detection-only-firewall",
    severity: Severity::Info,
    text: r"# detection-only-firewall

A firewall writes attacks down and lets them pass.

ModSecurity, as the controller's image brings it, only detects: it logs what its rules find and passes the request on. `SecRuleEngine On` in a `modsecurity-snippet` makes it block.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/enable-modsecurity: 'true'
    nginx.ingress.kubernetes.io/enable-owasp-core-rules: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  allow-snippet-annotations: 'true'
  annotations-risk-level: 'Critical'
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/enable-modsecurity: 'true'
    nginx.ingress.kubernetes.io/modsecurity-snippet: 'SecRuleEngine On'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where the ConfigMap switches the firewall on for all

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  enable-modsecurity: 'true'
  enable-owasp-modsecurity-crs: 'true'
```

## Quiet: where the ConfigMap switches it on

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  modsecurity-snippet: 'SecRuleEngine On'
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/enable-modsecurity: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let all = &look.proxy.settings.waf;
    let is_on = |route: &Route| {
        let own = &route.steps.firewall;
        own.enabled == Some(true) && !blocks(&own.rules) && !blocks(&all.rules)
    };
    let for_one = look.one_of_each_ingress().filter(|(_, route)| is_on(route)).map(|(_, route)| finding(route));
    for_one.chain(for_all(look)).collect()
}

/// The firewall of the ConfigMap is for all Ingresses.
fn for_all(look: &Look) -> Option<Diagnostic> {
    let all = &look.proxy.settings.waf;
    let config_map = lower::config_map(look.cluster, look.controller).filter(|_| all.enabled && !blocks(&all.rules))?;
    let finding = RULE.finding(DETECTS).at(config_map.span(&["data", "enable-modsecurity"])).subject("enable-modsecurity");
    let finding = finding.note(IMAGE).object(config_map.reference.clone());
    Some(finding.help("set `SecRuleEngine On` in `modsecurity-snippet` of the ConfigMap"))
}

const DETECTS: &str = "the firewall detects only: nothing is blocked, because no rule sets `SecRuleEngine On`";
const IMAGE: &str = "the controller's image sets `SecRuleEngine DetectionOnly`";


/// Whether rules switch blocking on.
fn blocks(rules: &str) -> bool {
    let mut engine = rules.lines().filter_map(|line| line.trim().split_once(char::is_whitespace)).filter(|(name, _)| name.eq_ignore_ascii_case("SecRuleEngine"));
    engine.next_back().is_some_and(|(_, value)| value.trim().trim_matches('"').eq_ignore_ascii_case("on"))
}

fn finding(route: &Route) -> Diagnostic {
    let finding = RULE.finding(DETECTS).note(IMAGE);
    at_annotation(finding, route, &waf::ENABLED).help("set it in `modsecurity-snippet`, of the Ingress or of the ConfigMap")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_about_the_engine_counts() {
        for (rules, expected) in [
            ("SecRuleEngine On", true),
            ("  secruleengine on\n", true),
            ("SecRuleEngine DetectionOnly", false),
            ("SecRuleEngine On\nSecRuleEngine Off", false),
            ("# SecRuleEngine On", false),
            ("SecRequestBodyAccess On", false),
            ("", false),
        ] {
            assert_eq!(blocks(rules), expected, "{rules}");
        }
    }
}
