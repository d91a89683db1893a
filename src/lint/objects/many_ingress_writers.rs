//! Raw configuration that many may write.

use super::permissions::{Grant, grants};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::ir::Origin;
use crate::manifest::Party;

pub(super) static RULE: Rule = Rule {
    name: "many-ingress-writers",
    severity: Severity::Warning,
    text: r"# many-ingress-writers

Many may write Ingresses, and Ingresses may hold raw configuration.

A snippet is configuration of the controller itself: whoever writes one reads every Secret that the controller can read, and changes what other teams serve. With `allow-snippet-annotations` that is everybody who may write an Ingress: all of a
group, or each account of a namespace.

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
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  allow-snippet-annotations: 'true'
  annotations-risk-level: Critical
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deploy, namespace: shop}
rules:
- {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [get, list, create, update]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deploy, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deploy}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: developers}
```

## Fires: where the role is that of every editor

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
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  allow-snippet-annotations: 'true'
  annotations-risk-level: Critical
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: editors}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: developers}
```

## Quiet: where snippets are off

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
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deploy, namespace: shop}
rules:
- {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [get, list, create, update]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deploy, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deploy}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: developers}
```

## Quiet: where one account writes them

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
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  allow-snippet-annotations: 'true'
  annotations-risk-level: Critical
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deploy, namespace: shop}
rules:
- {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [get, list, create, update]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deploy, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deploy}
subjects:
- {kind: ServiceAccount, name: deployer, namespace: shop}
```
",
};

/// Roles of every cluster that may write Ingresses.
const EDITORS: [&str; 3] = ["admin", "cluster-admin", "edit"];
/// Subjects from which on they are many.
const MANY: usize = 4;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    const KEY: &str = "allow-snippet-annotations";
    if look.cluster.accesses.is_empty() || !look.takes_snippets() {
        return Vec::new();
    }
    let place = look.proxy.settings_origin.as_ref().and_then(|origin| origin.place(KEY));
    let writing = grants(look).into_iter().filter(writes).filter_map(|grant| Some((whom(grant.subjects())?, grant)));
    writing
        .map(|(whom, grant)| {
            let binding = grant.binding;
            let message = format!("{whom} may write Ingresses, and with them raw configuration: whoever does reads every Secret that the controller can");
            let finding = RULE.finding(message).at(binding.span(&["subjects"])).subject(grant.role()).object(binding.reference.clone());
            let finding = finding.related("snippets are allowed here", place.and_then(Origin::span));
            finding.help(format!("set `{KEY}: \"false\"`, or give the role to few"))
        })
        .collect()
}

fn writes(grant: &Grant) -> bool {
    let verbs = &["create", "update", "patch"];
    let is_editor = grant.rules.is_none() && EDITORS.contains(&grant.role());
    is_editor || ["networking.k8s.io", "extensions"].iter().any(|group| grant.allows(group, "ingresses", verbs))
}

/// The subjects in words, where they are many.
fn whom(subjects: &[Party]) -> Option<String> {
    // Masters may do everything anyway.
    let group = subjects.iter().find(|party| party.kind == "Group" && party.name != "system:masters");
    let group = group.map(|party| match party.name.as_str() {
        "system:authenticated" | "system:unauthenticated" => String::from("everybody"),
        "system:serviceaccounts" => String::from("every account of the cluster"),
        name => format!("everybody in the group `{name}`"),
    });
    group.or_else(|| (subjects.len() >= MANY).then(|| format!("each of {} subjects", subjects.len())))
}
