//! Certificates that are no longer valid, or soon.

use super::certificates::served;
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::lower::validity;
use crate::manifest::Object;
use k8s_openapi::api::core::v1::Secret;

pub(super) static RULE: Rule = Rule {
    name: "expired-certificate",
    severity: Severity::Error,
    text: r"# expired-certificate

A certificate that hosts are served with is no longer valid, or not yet; soon is told as a warning.

Browsers refuse the connection, and clients of APIs fail. The controller serves the certificate all the same. A certificate that ends within 14 days is told as a
warning: what renews it should have done so by then. `--now` judges by another time than that of the clock.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: cert, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJRakNCNnFBREFnRUNBZ0VITUFvR0NDcUdTTTQ5QkFNQ01Cc3hHVEFYQmdOVkJBTU1FSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3SGhjTk1qQXdNVEF4TURBd01EQXdXaGNOTWpFd01UQXhNREF3TURBd1dqQWJNUmt3RndZRApWUVFEREJCemFHOXdMbVY0WVcxd2JHVXVZMjl0TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFCjR5bEdMcEJvbGxEMUZOYzNxSXJoOGpCYklBRi92LzZKd1BpUWRXcEM5YWFwS2RudGhxd2VjNU80Ti8wQTVRcGoKcm9uYlV6Nk14eTgzdGdPY3lGbnFiS01mTUIwd0d3WURWUjBSQkJRd0VvSVFjMmh2Y0M1bGVHRnRjR3hsTG1OdgpiVEFLQmdncWhrak9QUVFEQWdOSEFEQkVBaUFtOUhZc1Nvd2ZuSkNsNkxHNVNBelV1MlhYMG44S0xwejg1NGNsClg1UEVHQUlnU01PMjRVN0tRRzNjTzNleWpFKzBUb3NqcXM3clF2eUYvMGo2L0hzM2RzVT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=
  tls.key: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JR0hBZ0VBTUJNR0J5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEJHMHdhd0lCQVFRZzRLL3VsengzSCsvR1NWMHkKelFDczNjUkdCZnRvd1poVzIrNFFZV1J3OG5PaFJBTkNBQVRqS1VZdWtHaVdVUFVVMXplb2l1SHlNRnNnQVgrLwovb25BK0pCMWFrTDFwcWtwMmUyR3JCNXprN2czL1FEbENtT3VpZHRUUG96SEx6ZTJBNXpJV2VwcwotLS0tLUVORCBQUklWQVRFIEtFWS0tLS0tCg==
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: cert, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJSakNCN0tBREFnRUNBZ0VITUFvR0NDcUdTTTQ5QkFNQ01Cc3hHVEFYQmdOVkJBTU1FSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3SUJjTk1qQXdNVEF4TURBd01EQXdXaGdQTWpFeU1EQXhNREV3TURBd01EQmFNQnN4R1RBWApCZ05WQkFNTUVITm9iM0F1WlhoaGJYQnNaUzVqYjIwd1dUQVRCZ2NxaGtqT1BRSUJCZ2dxaGtqT1BRTUJCd05DCkFBVGpLVVl1a0dpV1VQVVUxemVvaXVIeU1Gc2dBWCsvL29uQStKQjFha0wxcHFrcDJlMkdyQjV6azdnMy9RRGwKQ21PdWlkdFRQb3pITHplMkE1eklXZXBzb3g4d0hUQWJCZ05WSFJFRUZEQVNnaEJ6YUc5d0xtVjRZVzF3YkdVdQpZMjl0TUFvR0NDcUdTTTQ5QkFNQ0Ewa0FNRVlDSVFERmRBV014L1J4Uys0L3VJamlYMFlhM2xYamZzekozbjVOCmFjSmMzZk1lUkFJaEFLQkdKOHkvRjRDL21GNW1odXlyc2RPWlc4bEptQVdaVGMyaVNoWThlUk5rCi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JR0hBZ0VBTUJNR0J5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEJHMHdhd0lCQVFRZzRLL3VsengzSCsvR1NWMHkKelFDczNjUkdCZnRvd1poVzIrNFFZV1J3OG5PaFJBTkNBQVRqS1VZdWtHaVdVUFVVMXplb2l1SHlNRnNnQVgrLwovb25BK0pCMWFrTDFwcWtwMmUyR3JCNXprN2czL1FEbENtT3VpZHRUUG96SEx6ZTJBNXpJV2VwcwotLS0tLUVORCBQUklWQVRFIEtFWS0tLS0tCg==
```
",
};

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;
/// Days before its end from which on a certificate is told.
const SOON: i64 = 14;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let Some(now) = look.now else { return Vec::new() };
    served(look).into_iter().filter_map(|secret| judged(secret, now)).collect()
}

fn judged(secret: &Object<Secret>, now: i64) -> Option<Diagnostic> {
    let (from, until) = validity(&secret.value)?;
    let name = format!("{}/{}", secret.reference.namespace, secret.reference.name);
    let (severity, message) = match () {
        () if until < now => (Severity::Error, format!("the certificate in Secret `{name}` has expired, {} ago", span(now - until))),
        () if from > now => (Severity::Error, format!("the certificate in Secret `{name}` is not valid yet, but in {}", span(from - now))),
        () if until - now < SOON * DAY => (Severity::Warning, format!("the certificate in Secret `{name}` expires in {}", span(until - now))),
        () => return None,
    };
    let finding = RULE.finding(message).at(secret.span(&["metadata", "name"])).subject(name).object(secret.reference.clone());
    Some(Diagnostic { severity, ..finding })
}

/// Seconds as whole days.
fn span(seconds: i64) -> String {
    match seconds / DAY {
        0 => String::from("less than a day"),
        1 => String::from("1 day"),
        days => format!("{days} days"),
    }
}
