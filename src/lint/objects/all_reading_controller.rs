//! Controllers that may read everything.

use super::permissions::{Grant, grants};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "all-reading-controller",
    severity: Severity::Warning,
    text: r"# all-reading-controller

The account of the controller may do more than it needs.

The controller stands at the border of the cluster. Whoever takes it over, by a fault or a snippet, has its account: with `*` or `cluster-admin` the whole cluster, with more than reading of Secrets those too. It needs to read Ingresses, classes,
Services, slices, namespaces and nodes, and Secrets where it ends TLS: with `--watch-namespace` those of one namespace alone.

## Fires

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      serviceAccountName: ingress-nginx
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: ingress}
rules:
- {apiGroups: ['*'], resources: ['*'], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ingress}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ingress}
subjects:
- {kind: ServiceAccount, name: ingress-nginx, namespace: ingress-nginx}
```

## Fires: where it is an administrator

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      serviceAccountName: ingress-nginx
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ingress}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
- {kind: ServiceAccount, name: ingress-nginx, namespace: ingress-nginx}
```

## Fires: where one namespace would do

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      serviceAccountName: ingress-nginx
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx, --watch-namespace=shop]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: ingress}
rules:
- {apiGroups: [''], resources: [secrets], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ingress}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ingress}
subjects:
- {kind: ServiceAccount, name: ingress-nginx, namespace: ingress-nginx}
```

## Quiet

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      serviceAccountName: ingress-nginx
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: ingress}
rules:
- {apiGroups: [''], resources: [secrets, services], verbs: [list, watch]}
- {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ingress}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ingress}
subjects:
- {kind: ServiceAccount, name: ingress-nginx, namespace: ingress-nginx}
```

## Quiet: where another account is meant

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      serviceAccountName: ingress-nginx
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ops}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
- {kind: ServiceAccount, name: ops, namespace: ops}
```
",
};

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "update", "patch", "delete"];

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    if look.cluster.accesses.is_empty() {
        return Vec::new();
    }
    let accounts: Vec<(&str, &str)> = look
        .controllers()
        .map(|workload| (workload.reference.namespace.as_str(), workload.value.pods.service_account_name.as_deref().unwrap_or("default")))
        .collect();
    let is_own = |grant: &Grant| {
        let namespace = grant.binding.reference.namespace.as_str();
        grant.subjects().iter().any(|party| party.kind == "ServiceAccount" && accounts.contains(&(party.namespace.as_deref().unwrap_or(namespace), party.name.as_str())))
    };
    let own = grants(look).into_iter().filter(is_own);
    own.filter_map(|grant| Some((too_much(look, &grant)?, grant)))
        .map(|(what, grant)| {
            let binding = grant.binding;
            let finding = RULE.finding(format!("the controller {what}, and whoever takes it over may too")).at(binding.span(&["roleRef", "name"]));
            finding.subject(grant.role()).object(binding.reference.clone()).help("give it a role with the kinds that it reads")
        })
        .collect()
}

/// What a role lets the controller do that it does not need.
fn too_much(look: &Look, grant: &Grant) -> Option<&'static str> {
    let reads_all = grant.allows("any.group", "anything", READ) || grant.allows("", "anything", READ);
    match () {
        () if grant.rules.is_none() && grant.role() == "cluster-admin" => Some("may do everything in the whole cluster"),
        () if reads_all && grant.allows("", "anything", WRITE) => Some("may read and change objects of all kinds"),
        () if reads_all => Some("may read objects of all kinds, all Secrets among them"),
        () if grant.allows("", "secrets", WRITE) => Some("may write Secrets"),
        () if !look.controller.flags.watch_namespace.is_empty() && grant.is_for_all() && grant.allows("", "secrets", READ) => {
            Some("may read the Secrets of all namespaces, though it watches one")
        }
        () => None,
    }
}
