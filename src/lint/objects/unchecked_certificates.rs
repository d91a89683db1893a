//! Certificates that are to be checked, and that nobody can check.

use super::look::{Look, at_annotation, beside, path_of, written};
use crate::catalog::features::{backend_tls, client_auth};
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::ir::{Route, Server, Verify};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "unchecked-certificates",
    severity: Severity::Error,
    text: r"# unchecked-certificates

Certificates of clients or of backends are to be checked by a Secret that holds no authority.

Whom to trust stands in `ca.crt` of the Secret that `auth-tls-secret` names. One that has `tls.crt` and `tls.key` alone, as cert-manager and `kubectl create secret tls` make it, is taken without
a word: the controller then writes nothing about client certificates, and everybody is served without one. Of backends it is the same: with `proxy-ssl-verify` and no `ca.crt` in the Secret of `proxy-ssl-secret` any server passes, which is told as a warning.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-tls-secret: shop/shop-tls
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: shop-tls, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxakNDQVZDZ0F3SUJBZ0lVYUFJZUJFNFE5MHNCcis5OFZQM29NNm1hZEk4d0NnWUlLb1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UWMyaHZjQzVsZUdGdGNHeGxMbU52YlRBZ0Z3MHlOakV4TWpjeE5qUXlNelJhR0E4eQpNVEkyTVRFd016RTJOREl6TkZvd0d6RVpNQmNHQTFVRUF3d1FjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQlpNQk1HCkJ5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEEwSUFCQmg5Mkk0WnpYTkdDYjVmM3ovLzJXN0l6NTg2NFlUVlBFeXkKUDlIZG80WVEydFVYWGNIbEZKYW9VWmc2SjdQTDI1eWd4c3RNWTRucCtJekxQMW1vVUVpamNEQnVNQjBHQTFVZApEZ1FXQkJRa0RnM1ZybnpjaDlITE1MN3RmQjU3L3pDdG5EQWZCZ05WSFNNRUdEQVdnQlFrRGczVnJuemNoOUhMCk1MN3RmQjU3L3pDdG5EQVBCZ05WSFJNQkFmOEVCVEFEQVFIL01Cc0dBMVVkRVFRVU1CS0NFSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUloQUxUb2lBSXhOZDArMmVoU0xGSjBzNk55UVJOVwozcHpySWlMWS9Fd1BpbWFtQWlBQ2lhOFQ4cHYvbkNHQnRCMTVBVjRUMHRFdG5LMy84Nk9OQU5RTDBVNE8rUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUFlS2NFR2l5T0t5anIvbkhETTdxTjMwZjBreTVuelREZzRROWd1K3hlRmFvQW9HQ0NxR1NNNDkKQXdFSG9VUURRZ0FFR0gzWWpobk5jMFlKdmwvZlAvL1pic2pQbnpyaGhOVThUTEkvMGQyamhoRGExUmRkd2VVVQpscWhSbURvbnM4dmJuS0RHeTB4amllbjRqTXMvV2FoUVNBPT0KLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo=
```

## Fires: of a backend

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/backend-protocol: HTTPS
    nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/own
    nginx.ingress.kubernetes.io/proxy-ssl-verify: 'on'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: own, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxakNDQVZDZ0F3SUJBZ0lVYUFJZUJFNFE5MHNCcis5OFZQM29NNm1hZEk4d0NnWUlLb1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UWMyaHZjQzVsZUdGdGNHeGxMbU52YlRBZ0Z3MHlOakV4TWpjeE5qUXlNelJhR0E4eQpNVEkyTVRFd016RTJOREl6TkZvd0d6RVpNQmNHQTFVRUF3d1FjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQlpNQk1HCkJ5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEEwSUFCQmg5Mkk0WnpYTkdDYjVmM3ovLzJXN0l6NTg2NFlUVlBFeXkKUDlIZG80WVEydFVYWGNIbEZKYW9VWmc2SjdQTDI1eWd4c3RNWTRucCtJekxQMW1vVUVpamNEQnVNQjBHQTFVZApEZ1FXQkJRa0RnM1ZybnpjaDlITE1MN3RmQjU3L3pDdG5EQWZCZ05WSFNNRUdEQVdnQlFrRGczVnJuemNoOUhMCk1MN3RmQjU3L3pDdG5EQVBCZ05WSFJNQkFmOEVCVEFEQVFIL01Cc0dBMVVkRVFRVU1CS0NFSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUloQUxUb2lBSXhOZDArMmVoU0xGSjBzNk55UVJOVwozcHpySWlMWS9Fd1BpbWFtQWlBQ2lhOFQ4cHYvbkNHQnRCMTVBVjRUMHRFdG5LMy84Nk9OQU5RTDBVNE8rUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUFlS2NFR2l5T0t5anIvbkhETTdxTjMwZjBreTVuelREZzRROWd1K3hlRmFvQW9HQ0NxR1NNNDkKQXdFSG9VUURRZ0FFR0gzWWpobk5jMFlKdmwvZlAvL1pic2pQbnpyaGhOVThUTEkvMGQyamhoRGExUmRkd2VVVQpscWhSbURvbnM4dmJuS0RHeTB4amllbjRqTXMvV2FoUVNBPT0KLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo=
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: clients, namespace: shop}
data:
  ca.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxakNDQVZDZ0F3SUJBZ0lVYUFJZUJFNFE5MHNCcis5OFZQM29NNm1hZEk4d0NnWUlLb1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UWMyaHZjQzVsZUdGdGNHeGxMbU52YlRBZ0Z3MHlOakV4TWpjeE5qUXlNelJhR0E4eQpNVEkyTVRFd016RTJOREl6TkZvd0d6RVpNQmNHQTFVRUF3d1FjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQlpNQk1HCkJ5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEEwSUFCQmg5Mkk0WnpYTkdDYjVmM3ovLzJXN0l6NTg2NFlUVlBFeXkKUDlIZG80WVEydFVYWGNIbEZKYW9VWmc2SjdQTDI1eWd4c3RNWTRucCtJekxQMW1vVUVpamNEQnVNQjBHQTFVZApEZ1FXQkJRa0RnM1ZybnpjaDlITE1MN3RmQjU3L3pDdG5EQWZCZ05WSFNNRUdEQVdnQlFrRGczVnJuemNoOUhMCk1MN3RmQjU3L3pDdG5EQVBCZ05WSFJNQkFmOEVCVEFEQVFIL01Cc0dBMVVkRVFRVU1CS0NFSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUloQUxUb2lBSXhOZDArMmVoU0xGSjBzNk55UVJOVwozcHpySWlMWS9Fd1BpbWFtQWlBQ2lhOFQ4cHYvbkNHQnRCMTVBVjRUMHRFdG5LMy84Nk9OQU5RTDBVNE8rUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let of_backends = look.one_of_each_ingress().filter_map(|(server, route)| of_backend(server, route));
    look.proxy.servers.iter().filter_map(finding).chain(of_backends).collect()
}

/// A backend whose certificate is to be checked, and is not.
fn of_backend(server: &Server, route: &Route) -> Option<Diagnostic> {
    let tls = route.steps.backend.tls.as_deref().filter(|tls| tls.verifies && !tls.trust.secret.is_empty())?;
    if !route.steps.backend.protocol.is_tls() || server.towards_backend(route).trusted.is_some() {
        return None;
    }
    let message = format!("the certificate of the backend is not checked: the Secret `{}` holds no `ca.crt` to check it by", tls.trust.secret);
    let finding = Diagnostic { severity: Severity::Warning, ..RULE.finding(message) };
    let finding = at_annotation(finding, route, &backend_tls::SECRET);
    Some(finding.help("name a Secret whose `ca.crt` holds the authorities that sign the certificate of the backend"))
}

fn finding(server: &Server) -> Option<Diagnostic> {
    let auth = server.client_auth.as_deref().filter(|auth| auth.verify != Verify::Off && auth.trust.authorities.is_empty())?;
    // Where the subject is compared, nobody passes: nobody has one.
    if !auth.match_subject.is_empty() {
        return None;
    }
    let asking = server.routes.iter().filter(|route| !route.is_default_backend && written(route, &client_auth::SECRET).is_some());
    let open = asking.into_iter().find(|route| !route.is_refused())?;
    let (host, path) = (&server.hostname, path_of(open));
    let secret = &auth.trust.secret;
    let message = format!("path `{path}` of host `{host}` is served without a client certificate: the Secret `{secret}` holds no `ca.crt` to check one by");
    let finding = at_annotation(RULE.finding(message), open, &client_auth::SECRET).effect(Effect::FailsOpen);
    let finding = beside(finding, "everybody reaches this path", open);
    Some(finding.help("name a Secret whose `ca.crt` holds the authorities that sign the certificates of clients"))
}
