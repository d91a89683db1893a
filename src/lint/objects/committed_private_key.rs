//! Private keys and passwords that lie with the manifests.

use super::look::Look;
use crate::credentials::is_hash;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

pub(super) static RULE: Rule = Rule {
    name: "committed-private-key",
    severity: Severity::Info,
    text: r"# committed-private-key

A private key, or a file of passwords, lies in the manifests.

Whoever may read the files, and every copy of their repository, may pretend to be the host for as long as the certificate is valid, and longer where nobody notices. A ConfigMap is read by many more than a Secret. Tools such as SOPS and
SealedSecrets keep them encrypted, and cert-manager makes keys in the cluster. Objects that were read out of a cluster are not told; no value is ever shown.

## Fires

```yaml
apiVersion: v1
kind: Secret
metadata: {name: shop, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxakNDQVZDZ0F3SUJBZ0lVYUFJZUJFNFE5MHNCcis5OFZQM29NNm1hZEk4d0NnWUlLb1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UWMyaHZjQzVsZUdGdGNHeGxMbU52YlRBZ0Z3MHlOakV4TWpjeE5qUXlNelJhR0E4eQpNVEkyTVRFd016RTJOREl6TkZvd0d6RVpNQmNHQTFVRUF3d1FjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQlpNQk1HCkJ5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEEwSUFCQmg5Mkk0WnpYTkdDYjVmM3ovLzJXN0l6NTg2NFlUVlBFeXkKUDlIZG80WVEydFVYWGNIbEZKYW9VWmc2SjdQTDI1eWd4c3RNWTRucCtJekxQMW1vVUVpamNEQnVNQjBHQTFVZApEZ1FXQkJRa0RnM1ZybnpjaDlITE1MN3RmQjU3L3pDdG5EQWZCZ05WSFNNRUdEQVdnQlFrRGczVnJuemNoOUhMCk1MN3RmQjU3L3pDdG5EQVBCZ05WSFJNQkFmOEVCVEFEQVFIL01Cc0dBMVVkRVFRVU1CS0NFSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUloQUxUb2lBSXhOZDArMmVoU0xGSjBzNk55UVJOVwozcHpySWlMWS9Fd1BpbWFtQWlBQ2lhOFQ4cHYvbkNHQnRCMTVBVjRUMHRFdG5LMy84Nk9OQU5RTDBVNE8rUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUFlS2NFR2l5T0t5anIvbkhETTdxTjMwZjBreTVuelREZzRROWd1K3hlRmFvQW9HQ0NxR1NNNDkKQXdFSG9VUURRZ0FFR0gzWWpobk5jMFlKdmwvZlAvL1pic2pQbnpyaGhOVThUTEkvMGQyamhoRGExUmRkd2VVVQpscWhSbURvbnM4dmJuS0RHeTB4amllbjRqTXMvV2FoUVNBPT0KLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo=
```

## Fires: in a ConfigMap

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: keys, namespace: shop}
data:
  tls.key: |
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    -----END PRIVATE KEY-----
```

## Fires: where it holds passwords

```yaml
apiVersion: v1
kind: Secret
metadata: {name: users, namespace: shop}
stringData: {auth: 'alice:$apr1$QvKLTYRf$cWvWYyCYjMGZEwDSVnVnF/'}
```

## Fires: where a ConfigMap holds passwords

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: users, namespace: shop}
data: {.htpasswd: 'alice:$apr1$QvKLTYRf$cWvWYyCYjMGZEwDSVnVnF/'}
```

## Fires: where each key is a user

```yaml
apiVersion: v1
kind: Secret
metadata: {name: users, namespace: shop}
stringData: {alice: '$apr1$QvKLTYRf$cWvWYyCYjMGZEwDSVnVnF/'}
```

## Quiet: where the value is filled in later

```yaml
apiVersion: v1
kind: Secret
metadata: {name: shop, namespace: shop}
type: kubernetes.io/tls
stringData: {tls.crt: '${CERTIFICATE}', tls.key: '${KEY}'}
```

## Quiet: where it was read out of a cluster

```yaml
apiVersion: v1
kind: Secret
metadata: {name: shop, namespace: shop, uid: 0e2d6a34-8f0c-4b9a-9d6a-3a6a1a2b3c4d}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxakNDQVZDZ0F3SUJBZ0lVYUFJZUJFNFE5MHNCcis5OFZQM29NNm1hZEk4d0NnWUlLb1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UWMyaHZjQzVsZUdGdGNHeGxMbU52YlRBZ0Z3MHlOakV4TWpjeE5qUXlNelJhR0E4eQpNVEkyTVRFd016RTJOREl6TkZvd0d6RVpNQmNHQTFVRUF3d1FjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQlpNQk1HCkJ5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEEwSUFCQmg5Mkk0WnpYTkdDYjVmM3ovLzJXN0l6NTg2NFlUVlBFeXkKUDlIZG80WVEydFVYWGNIbEZKYW9VWmc2SjdQTDI1eWd4c3RNWTRucCtJekxQMW1vVUVpamNEQnVNQjBHQTFVZApEZ1FXQkJRa0RnM1ZybnpjaDlITE1MN3RmQjU3L3pDdG5EQWZCZ05WSFNNRUdEQVdnQlFrRGczVnJuemNoOUhMCk1MN3RmQjU3L3pDdG5EQVBCZ05WSFJNQkFmOEVCVEFEQVFIL01Cc0dBMVVkRVFRVU1CS0NFSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUloQUxUb2lBSXhOZDArMmVoU0xGSjBzNk55UVJOVwozcHpySWlMWS9Fd1BpbWFtQWlBQ2lhOFQ4cHYvbkNHQnRCMTVBVjRUMHRFdG5LMy84Nk9OQU5RTDBVNE8rUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUFlS2NFR2l5T0t5anIvbkhETTdxTjMwZjBreTVuelREZzRROWd1K3hlRmFvQW9HQ0NxR1NNNDkKQXdFSG9VUURRZ0FFR0gzWWpobk5jMFlKdmwvZlAvL1pic2pQbnpyaGhOVThUTEkvMGQyamhoRGExUmRkd2VVVQpscWhSbURvbnM4dmJuS0RHeTB4amllbjRqTXMvV2FoUVNBPT0KLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo=
```
",
};

/// What ends the first line of a private key in text.
const KEY: &str = "PRIVATE KEY-----";

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let secrets = look.cluster.secrets.iter().filter(|secret| is_written(&secret.value.metadata)).filter_map(|secret| {
        let data = secret.value.data.as_ref()?;
        let (key, what) = data.iter().find_map(|(key, value)| Some((key, kind(&String::from_utf8_lossy(&value.0))?)))?;
        let message = format!("{what} lies in the manifests, in Secret `{}/{}`: whoever reads them has it", secret.reference.namespace, secret.reference.name);
        let finding = RULE.finding(message).at(secret.span(&["metadata", "name"])).subject(key.as_str()).object(secret.reference.clone());
        Some(finding.help("keep it encrypted, with SOPS or SealedSecrets, or let the cluster make it"))
    });
    let maps = look.cluster.config_maps.iter().filter(|map| is_written(&map.value.metadata)).filter_map(|map| {
        let (key, what) = map.value.data.iter().flatten().find_map(|(key, value)| Some((key, kind(value)?)))?;
        let message = format!("{what} lies in ConfigMap `{}/{}`, which is read by many more than a Secret", map.reference.namespace, map.reference.name);
        let finding = Diagnostic { severity: Severity::Warning, ..RULE.finding(message) };
        let finding = finding.at(map.key_span(&["data", key])).subject(key.as_str()).object(map.reference.clone());
        Some(finding.help("keep it in a Secret, and that encrypted, or let the cluster make it"))
    });
    secrets.chain(maps).collect()
}

/// Whether somebody wrote an object, in place of reading it out of a cluster.
fn is_written(metadata: &ObjectMeta) -> bool {
    metadata.uid.is_none() && metadata.resource_version.is_none()
}

/// What a value is, where it must not be seen: its text is not repeated.
fn kind(value: &str) -> Option<&'static str> {
    if value.lines().any(|line| line.starts_with("-----BEGIN ") && line.trim_end().ends_with(KEY)) {
        return Some("a private key");
    }
    if is_hash(value.trim()) {
        return Some("the hash of a password");
    }
    let is_user = |line: &str| line.split_once(':').is_some_and(|(user, hash)| !user.is_empty() && is_hash(hash.trim()));
    let mut users = value.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).peekable();
    (users.peek().is_some() && users.all(is_user)).then_some("a file of passwords")
}
