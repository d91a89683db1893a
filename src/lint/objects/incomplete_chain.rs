//! Certificates without those that vouch for them.

use super::certificates::served;
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::lower::missing_signer;

pub(super) static RULE: Rule = Rule {
    name: "incomplete-chain",
    severity: Severity::Warning,
    text: r"# incomplete-chain

A certificate is served without the one of its signer.

A server sends the certificates of all intermediate authorities along, in `tls.crt` behind its own. Browsers often have them from elsewhere; `curl`, phones and other servers have not, and refuse the connection.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: shop, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJtVENDQVVDZ0F3SUJBZ0lVUktHNWgyVk9ycU9keXpSUjBKVWF6UGxWQWVzd0NnWUlLb1pJemowRUF3SXcKSERFYU1CZ0dBMVVFQXd3UlZHVnpkQzFKYm5SbGNtMWxaR2xoZEdVd0lCY05Nall4TVRJM01UWTBNak0wV2hnUApNakV5TmpFeE1ETXhOalF5TXpSYU1Cc3hHVEFYQmdOVkJBTU1FSE5vYjNBdVpYaGhiWEJzWlM1amIyMHdXVEFUCkJnY3Foa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3TkNBQVFZZmRpT0djMXpSZ20rWDk4Ly85bHV5TStmT3VHRTFUeE0Kc2ovUjNhT0dFTnJWRjEzQjVSU1dxRkdZT2llenk5dWNvTWJMVEdPSjZmaU15ejlacUZCSW8xOHdYVEFiQmdOVgpIUkVFRkRBU2doQnphRzl3TG1WNFlXMXdiR1V1WTI5dE1CMEdBMVVkRGdRV0JCUWtEZzNWcm56Y2g5SExNTDd0CmZCNTcvekN0bkRBZkJnTlZIU01FR0RBV2dCU25oWnB6Q0wweVNYK0hPdVIxM0lFOXFvdXdkekFLQmdncWhrak8KUFFRREFnTkhBREJFQWlCeVU3ajdTOU53U1daeE9yaEJCTFp5MlBHbUhRNitLcnVLUUtTTU9qN3NjZ0lnWHZHYgpqc05wNjFsOFFIYnBtQ1ZQMlV2TWNTd3NTaGtMak1IaVM2eVJYZ2M9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUFlS2NFR2l5T0t5anIvbkhETTdxTjMwZjBreTVuelREZzRROWd1K3hlRmFvQW9HQ0NxR1NNNDkKQXdFSG9VUURRZ0FFR0gzWWpobk5jMFlKdmwvZlAvL1pic2pQbnpyaGhOVThUTEkvMGQyamhoRGExUmRkd2VVVQpscWhSbURvbnM4dmJuS0RHeTB4amllbjRqTXMvV2FoUVNBPT0KLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo=
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: shop, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJtVENDQVVDZ0F3SUJBZ0lVUktHNWgyVk9ycU9keXpSUjBKVWF6UGxWQWVzd0NnWUlLb1pJemowRUF3SXcKSERFYU1CZ0dBMVVFQXd3UlZHVnpkQzFKYm5SbGNtMWxaR2xoZEdVd0lCY05Nall4TVRJM01UWTBNak0wV2hnUApNakV5TmpFeE1ETXhOalF5TXpSYU1Cc3hHVEFYQmdOVkJBTU1FSE5vYjNBdVpYaGhiWEJzWlM1amIyMHdXVEFUCkJnY3Foa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3TkNBQVFZZmRpT0djMXpSZ20rWDk4Ly85bHV5TStmT3VHRTFUeE0Kc2ovUjNhT0dFTnJWRjEzQjVSU1dxRkdZT2llenk5dWNvTWJMVEdPSjZmaU15ejlacUZCSW8xOHdYVEFiQmdOVgpIUkVFRkRBU2doQnphRzl3TG1WNFlXMXdiR1V1WTI5dE1CMEdBMVVkRGdRV0JCUWtEZzNWcm56Y2g5SExNTDd0CmZCNTcvekN0bkRBZkJnTlZIU01FR0RBV2dCU25oWnB6Q0wweVNYK0hPdVIxM0lFOXFvdXdkekFLQmdncWhrak8KUFFRREFnTkhBREJFQWlCeVU3ajdTOU53U1daeE9yaEJCTFp5MlBHbUhRNitLcnVLUUtTTU9qN3NjZ0lnWHZHYgpqc05wNjFsOFFIYnBtQ1ZQMlV2TWNTd3NTaGtMak1IaVM2eVJYZ2M9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0KLS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJoVENDQVNxZ0F3SUJBZ0lVQVNYdm5MZXlBTUlzc0RKRk03UThUTkwwaWs0d0NnWUlLb1pJemowRUF3SXcKRkRFU01CQUdBMVVFQXd3SlZHVnpkQzFTYjI5ME1DQVhEVEkyTVRFeU56RTJOREl6TTFvWUR6SXhNall4TVRBegpNVFkwTWpNeldqQWNNUm93R0FZRFZRUUREQkZVWlhOMExVbHVkR1Z5YldWa2FXRjBaVEJaTUJNR0J5cUdTTTQ5CkFnRUdDQ3FHU000OUF3RUhBMElBQkkwbXZzT1NuVDRMN2VvUVZobUpxVm5JQ0RpOFhYYjl2RHVad3hhVGVXa2cKUG04OXFhb3l5V01xMXIyYUY0STI2bWRDNFJDU1duZThRa2ZvUnRHd1NoeWpVREJPTUF3R0ExVWRFd1FGTUFNQgpBZjh3SFFZRFZSME9CQllFRktlRm1uTUl2VEpKZjRjNjVIWGNnVDJxaTdCM01COEdBMVVkSXdRWU1CYUFGQ01DCnlKM1VUaHpWZkF6NGNMU3JGR1U1L2lXSE1Bb0dDQ3FHU000OUJBTUNBMGtBTUVZQ0lRQ1pTS2trK1pmWXByQjQKdmdhU3ZiNjV0dm52bXNOYTFDM212NTE3SFVLdlV3SWhBTWlCWXUxZUxqMFZkazVGS2M0Y2FaVDhjS0ZmS3VsYQo3MGVFdllQZ3NQRzIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=
  tls.key: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUFlS2NFR2l5T0t5anIvbkhETTdxTjMwZjBreTVuelREZzRROWd1K3hlRmFvQW9HQ0NxR1NNNDkKQXdFSG9VUURRZ0FFR0gzWWpobk5jMFlKdmwvZlAvL1pic2pQbnpyaGhOVThUTEkvMGQyamhoRGExUmRkd2VVVQpscWhSbURvbnM4dmJuS0RHeTB4amllbjRqTXMvV2FoUVNBPT0KLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo=
```

## Quiet: where it signs itself

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: shop, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxakNDQVZDZ0F3SUJBZ0lVYUFJZUJFNFE5MHNCcis5OFZQM29NNm1hZEk4d0NnWUlLb1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UWMyaHZjQzVsZUdGdGNHeGxMbU52YlRBZ0Z3MHlOakV4TWpjeE5qUXlNelJhR0E4eQpNVEkyTVRFd016RTJOREl6TkZvd0d6RVpNQmNHQTFVRUF3d1FjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQlpNQk1HCkJ5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEEwSUFCQmg5Mkk0WnpYTkdDYjVmM3ovLzJXN0l6NTg2NFlUVlBFeXkKUDlIZG80WVEydFVYWGNIbEZKYW9VWmc2SjdQTDI1eWd4c3RNWTRucCtJekxQMW1vVUVpamNEQnVNQjBHQTFVZApEZ1FXQkJRa0RnM1ZybnpjaDlITE1MN3RmQjU3L3pDdG5EQWZCZ05WSFNNRUdEQVdnQlFrRGczVnJuemNoOUhMCk1MN3RmQjU3L3pDdG5EQVBCZ05WSFJNQkFmOEVCVEFEQVFIL01Cc0dBMVVkRVFRVU1CS0NFSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUloQUxUb2lBSXhOZDArMmVoU0xGSjBzNk55UVJOVwozcHpySWlMWS9Fd1BpbWFtQWlBQ2lhOFQ4cHYvbkNHQnRCMTVBVjRUMHRFdG5LMy84Nk9OQU5RTDBVNE8rUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUFlS2NFR2l5T0t5anIvbkhETTdxTjMwZjBreTVuelREZzRROWd1K3hlRmFvQW9HQ0NxR1NNNDkKQXdFSG9VUURRZ0FFR0gzWWpobk5jMFlKdmwvZlAvL1pic2pQbnpyaGhOVThUTEkvMGQyamhoRGExUmRkd2VVVQpscWhSbURvbnM4dmJuS0RHeTB4amllbjRqTXMvV2FoUVNBPT0KLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo=
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let found = served(look).into_iter().filter_map(|secret| Some((secret, missing_signer(&secret.value)?)));
    found
        .map(|(secret, told)| {
            let name = format!("{}/{}", secret.reference.namespace, secret.reference.name);
            let message = format!("`tls.crt` of Secret `{name}` lacks the certificate of its signer, `{told}`: many clients refuse the connection");
            let note = "where the signer is a root that clients have, nothing is missing";
            let finding = RULE.finding(message).at(secret.span(&["metadata", "name"])).subject(name).object(secret.reference.clone());
            finding.help("append the certificates of the intermediate authorities to `tls.crt`").note(note)
        })
        .collect()
}
