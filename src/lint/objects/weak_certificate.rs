//! Certificates that clients refuse, or that can be forged.

use super::certificates::served;
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::lower::weakness;

pub(super) static RULE: Rule = Rule {
    name: "weak-certificate",
    severity: Severity::Warning,
    text: r"# weak-certificate

A certificate has a short key, is signed over a hash that can be forged, or has no alternative names.

Browsers and newer libraries refuse RSA keys of fewer than 2048 bits, signatures over SHA-1 or MD5, and certificates that name their host only as the common name of the subject. The controller serves them all the same.

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
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUNNVENDQVpxZ0F3SUJBZ0lVWDFNb3pGeHlsQ25jTXB0MjNWVnJkbVVnd05Rd0RRWUpLb1pJaHZjTkFRRUwKQlFBd0d6RVpNQmNHQTFVRUF3d1FjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQWdGdzB5TmpFeE1qY3hOalF5TXpSYQpHQTh5TVRJMk1URXdNekUyTkRJek5Gb3dHekVaTUJjR0ExVUVBd3dRYzJodmNDNWxlR0Z0Y0d4bExtTnZiVENCCm56QU5CZ2txaGtpRzl3MEJBUUVGQUFPQmpRQXdnWWtDZ1lFQXRlWi95cjdJNXNpdkI1QXByVnc2UXRvL2tVdjkKQ21zMzhBWUdwSC9nRE95MG1aODJ6bzBFWmNSTzRlQnpuYmdKTHNxNjZ1RDRHUmJxK09VZFdnekRkUjJ6a0ZMTQpYTDZqdVRxaWxyRmhhK21nVEdrMXdnQmJEOFl4akwrZnhwNTlWa1hKSUt6amlrYkZWVjY2Ty9adFNDeExLN2hoCnp5b0NuUEl4Z09Mc0hSY0NBd0VBQWFOd01HNHdIUVlEVlIwT0JCWUVGQmVpZ1dFZ0ZDaU5BbENpY0wrTnA4aFEKL3dhM01COEdBMVVkSXdRWU1CYUFGQmVpZ1dFZ0ZDaU5BbENpY0wrTnA4aFEvd2EzTUE4R0ExVWRFd0VCL3dRRgpNQU1CQWY4d0d3WURWUjBSQkJRd0VvSVFjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQU5CZ2txaGtpRzl3MEJBUXNGCkFBT0JnUUFwOGdiQ2duR2t3Q3c3cTIxdzljVVFoWDV1WkNDV1ppYmVQSUFWTEM3UFRxcTZDWmY4NzNMMlpIRVIKam85bldHWDVnOHdJSzIxZTQ3TWVQZlZFa05zZEU0VlovbkZKZG9XcFlHSXk0R3MyV2lYbVFhQzcwdnFkUEdyWgp2cno1clZGbUJOUU5tV295bWhlNVZSTHU2UHNrWGNLalJVSWd0VVMxcGVjMy8zVk1Jdz09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUNlQUlCQURBTkJna3Foa2lHOXcwQkFRRUZBQVNDQW1Jd2dnSmVBZ0VBQW9HQkFMWG1mOHEreU9iSXJ3ZVEKS2ExY09rTGFQNUZML1Fwck4vQUdCcVIvNEF6c3RKbWZOczZOQkdYRVR1SGdjNTI0Q1M3S3V1cmcrQmtXNnZqbApIVm9NdzNVZHM1QlN6RnkrbzdrNm9wYXhZV3Zwb0V4cE5jSUFXdy9HTVl5L244YWVmVlpGeVNDczQ0cEd4VlZlCnVqdjJiVWdzU3l1NFljOHFBcHp5TVlEaTdCMFhBZ01CQUFFQ2dZRUFsL3JuaVJtUXVDcXkreW03ZU1wWEwyWTAKdUl4NTlvdVE2QzNRdlA3T3oxMnlvNnhBV2FHL0s5d3lZRTF0ckRpSkM1eDlRaVFIaHNiOE9rc01GQ0lYNThpYwp4RitINEtRRHRMWjloL2Zaa3dHbEprclpYaFlVNXFvcE94MXFPUFhnL05KQjcrckppY1NCNWExWUh3dFVRZkpDCkdaVCtaVUN0YWp2OFdrV0lEUmtDUVFEaG9CZ2pLSVYvQXRUb0x5QTZFSHU3ZXRVYm8waXdNejBiNG9nQ1NXa3IKU1NQR0swbGF5QjVRRktIbUdtVlRaK29iclNXUWxJRW1Mei9mTGh6VzRCVERBa0VBem1ONTdJTWxkZU1pMW9QVgpTcG1aMGFSZjZibTQ5WTROVXlGejVPZ2MyUHpxRm55SGkxeTN1WjF2Qm0zSXJlRksxQ2NXY1lWSmF6dTVUTkwwClcyY0JIUUpBZTVjUmdiakJuM2d5bmRpcW80UEI4MGx1a013WmxnTUxOMG9ZVElCZjdva0s0cE4xaEJmWW11OGkKWEFRYmV0dVNIb1R5N2NhYkZBcVB4elhnTUVmZ3R3SkJBSit3Y0dJRGh6U1RyaHowbkUvQVVUZllTeTM0dVplbApkY0hnbkY5OUNQVUxtOFFTVG40U0cwWE8vbHluRFNNY3NsMDhjUzBjeUJYa2ZCZHBFaEMydmpFQ1FRQ3R0cmJ0CnVUZGhKclZKVUR4QUtYRFlLSk8yWnZWaWVnVlp5aldidmt3QU9QalJuYnRpeTdIVmYyejBvY1VPVkQzTk1mbmUKRlJnYmJmN05BbnpTOHkvYgotLS0tLUVORCBQUklWQVRFIEtFWS0tLS0tCg==
```

## Fires: where the signature is weak

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
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxVENDQVUrZ0F3SUJBZ0lVSWlKQ0RFZWFNZmlYeXJBZnVmZEh2YlpkR1RFd0NRWUhLb1pJemowRUFUQWIKTVJrd0Z3WURWUVFEREJCemFHOXdMbVY0WVcxd2JHVXVZMjl0TUNBWERUSTJNVEV5TnpFMk5ESXpORm9ZRHpJeApNall4TVRBek1UWTBNak0wV2pBYk1Sa3dGd1lEVlFRRERCQnphRzl3TG1WNFlXMXdiR1V1WTI5dE1Ga3dFd1lICktvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVHSDNZamhuTmMwWUp2bC9mUC8vWmJzalBuenJoaE5VOFRMSS8KMGQyamhoRGExUmRkd2VVVWxxaFJtRG9uczh2Ym5LREd5MHhqaWVuNGpNcy9XYWhRU0tOd01HNHdIUVlEVlIwTwpCQllFRkNRT0RkV3VmTnlIMGNzd3Z1MThIbnYvTUsyY01COEdBMVVkSXdRWU1CYUFGQ1FPRGRXdWZOeUgwY3N3CnZ1MThIbnYvTUsyY01BOEdBMVVkRXdFQi93UUZNQU1CQWY4d0d3WURWUjBSQkJRd0VvSVFjMmh2Y0M1bGVHRnQKY0d4bExtTnZiVEFKQmdjcWhrak9QUVFCQTBrQU1FWUNJUUNHekIwYkZwQ05lY3Z4SmVkc3NZRnkwRWZHNzI2VApXaDlrTEU3ZU1YdVkzUUloQUlPaVZWOWxCZFpqK05oSE4xSWpRdjU5c2NhMkJsdUExbFZlRzNRK2VLQjIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=
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
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxakNDQVZDZ0F3SUJBZ0lVYUFJZUJFNFE5MHNCcis5OFZQM29NNm1hZEk4d0NnWUlLb1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UWMyaHZjQzVsZUdGdGNHeGxMbU52YlRBZ0Z3MHlOakV4TWpjeE5qUXlNelJhR0E4eQpNVEkyTVRFd016RTJOREl6TkZvd0d6RVpNQmNHQTFVRUF3d1FjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQlpNQk1HCkJ5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEEwSUFCQmg5Mkk0WnpYTkdDYjVmM3ovLzJXN0l6NTg2NFlUVlBFeXkKUDlIZG80WVEydFVYWGNIbEZKYW9VWmc2SjdQTDI1eWd4c3RNWTRucCtJekxQMW1vVUVpamNEQnVNQjBHQTFVZApEZ1FXQkJRa0RnM1ZybnpjaDlITE1MN3RmQjU3L3pDdG5EQWZCZ05WSFNNRUdEQVdnQlFrRGczVnJuemNoOUhMCk1MN3RmQjU3L3pDdG5EQVBCZ05WSFJNQkFmOEVCVEFEQVFIL01Cc0dBMVVkRVFRVU1CS0NFSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUloQUxUb2lBSXhOZDArMmVoU0xGSjBzNk55UVJOVwozcHpySWlMWS9Fd1BpbWFtQWlBQ2lhOFQ4cHYvbkNHQnRCMTVBVjRUMHRFdG5LMy84Nk9OQU5RTDBVNE8rUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUFlS2NFR2l5T0t5anIvbkhETTdxTjMwZjBreTVuelREZzRROWd1K3hlRmFvQW9HQ0NxR1NNNDkKQXdFSG9VUURRZ0FFR0gzWWpobk5jMFlKdmwvZlAvL1pic2pQbnpyaGhOVThUTEkvMGQyamhoRGExUmRkd2VVVQpscWhSbURvbnM4dmJuS0RHeTB4amllbjRqTXMvV2FoUVNBPT0KLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo=
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let found = served(look).into_iter().filter_map(|secret| Some((secret, weakness(&secret.value)?)));
    found
        .map(|(secret, told)| {
            let name = format!("{}/{}", secret.reference.namespace, secret.reference.name);
            let message = format!("the certificate in Secret `{name}` {told}");
            let finding = RULE.finding(message).at(secret.span(&["metadata", "name"])).subject(name).object(secret.reference.clone());
            finding.help("issue it again, with an RSA key of 2048 bits or an elliptic curve, signed over SHA-256, with its hosts as alternative names")
        })
        .collect()
}
