//! A `*` in a regular expression that is meant as anything.

use hashbrown::HashSet;

use super::look::{Look, ingress_of, path_of};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "glob-in-pattern",
    severity: Severity::Warning,
    text: r"# glob-in-pattern

A `*` in a regular expression repeats one letter, where anything was meant.

In a regular expression a star repeats what stands before it: `/shelf/*` is `/shelf` and any number of slashes, which fits `/shelfmark` too. Anything is `.*`,
and what ends with a segment is `(/|$)`.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/shelf/*', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: behind a letter

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/img*', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: before an ending

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/img/*.(png|jpg)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/shelf/.*', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where a group is repeated

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/shelf(/[a-z]+)*', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let patterns = look.patterns().map(|(_, route)| route);
    patterns.filter(|route| seen.insert(route.origin)).filter_map(|route| Some(finding(route, glob(path_of(route))?))).collect()
}

/// The letter that a star repeats where anything was meant: it stands at the end of a segment, behind a letter that stands for itself.
fn glob(path: &str) -> Option<char> {
    let (mut before, mut in_class) = (None, false);
    let mut letters = path.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
                before = None;
                continue;
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '*' if !in_class && ends_a_name(letters.clone()) => {
                if let Some(repeated) = before {
                    return Some(repeated);
                }
            }
            _ => {}
        }
        before = Some(letter).filter(|letter| !in_class && (letter.is_ascii_alphanumeric() || "/-_".contains(*letter)));
    }
    None
}

/// Whether what follows a star ends a name: the end of a segment, or an ending such as `.png` or `.(png|jpg)`.
fn ends_a_name(mut rest: impl Iterator<Item = char>) -> bool {
    match (rest.next(), rest.next()) {
        (None | Some('/'), _) => true,
        (Some('.'), Some(next)) => next.is_ascii_alphanumeric() || next == '(',
        _ => false,
    }
}

fn finding(route: &Route, letter: char) -> Diagnostic {
    let path = path_of(route);
    let (message, help) = words(path, letter);
    RULE.finding(message).at(route.origin.span()).subject(path).help(help).object(ingress_of(route))
}

/// What the star comes to, and what to write.
fn words(path: &str, letter: char) -> (String, String) {
    let (start, rest) = path.split_once('*').unwrap_or((path, ""));
    let short = start.strip_suffix(letter).unwrap_or(start);
    let what = if letter == '/' { String::from("slashes") } else { format!("letters `{letter}`") };
    let (comes_to, help) = match (rest, short) {
        ("", "") => (String::from("with which every path begins"), format!("write `{letter}`")),
        ("", _) if letter == '/' => (format!("so that `{short}mark` fits too"), format!("write `{short}(/|$)`, which takes all below it too")),
        ("", _) => (format!("so that `{short}mark` fits too"), format!("write `{start}.*`")),
        _ if rest.starts_with('.') => {
            let ending = &rest[1..];
            (format!("so that no name before `.{ending}` fits"), format!("write `{start}.*\\.{}$`", ending.trim_end_matches('$')))
        }
        _ => {
            let other = if letter == 'x' { 'y' } else { 'x' };
            let is_plain = rest.chars().all(|letter| letter.is_ascii_alphanumeric() || "/-_".contains(letter));
            let refused = if is_plain { format!("and `{start}{other}{rest}` does not fit") } else { String::from("and nothing else") };
            (refused, format!("write `{start}[^/]{}{rest}`", if letter == '/' { '+' } else { '*' }))
        }
    };
    (format!("the `*` in path `{path}` is no wildcard: `{letter}*` is any number of {what}, {comes_to}"), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_star_holds() {
        let fits = |pattern: &str, path: &str| regex::Regex::new(&format!("(?i)^{pattern}")).is_ok_and(|pattern| pattern.is_match(path));
        for (path, says, helps) in [
            ("/shelf/*", "so that `/shelfmark` fits too", "write `/shelf(/|$)`, which takes all below it too"),
            ("/shelf*", "so that `/shelmark` fits too", "write `/shelf.*`"),
            ("/*", "with which every path begins", "write `/`"),
            ("/user/*/file", "and `/user/x/file` does not fit", "write `/user/[^/]+/file`"),
            ("/v*/x", "and `/vx/x` does not fit", "write `/v[^/]*/x`"),
        ] {
            let (message, help) = words(path, glob(path).expect("a star that was meant as anything"));
            assert!(message.ends_with(says) && help == helps, "{path}: {message}: {help:?}");
            let quoted = |text: &str| text.split('`').nth(1).map(str::to_owned);
            if let Some(example) = quoted(says) {
                assert_eq!(fits(path, &example), says.ends_with("fits too"), "{path}: {example}");
            }
        }
    }

    #[test]
    fn stars_behind_plain_letters_are_meant_as_anything() {
        for (path, expected) in [
            ("/shelf/*", Some('/')),
            ("/shelf*", Some('f')),
            ("/a-*/b", Some('-')),
            ("/shelf/.*", None),
            ("/shelf(/*)", None),
            ("/[a-z]*", None),
            ("/[/*]/x", None),
            ("/a(/x)*", None),
            ("/a\\.*", None),
            ("/*(.*)", None),
            ("/*.php", Some('/')),
            ("/img/*.(png|jpg)", Some('/')),
            ("/report*.pdf", Some('t')),
            ("/*.*", None),
            ("/.*.png", None),
            ("/", None),
        ] {
            assert_eq!(glob(path), expected, "{path}");
        }
    }
}
