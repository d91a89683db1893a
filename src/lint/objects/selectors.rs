//! Objects by the pods that they select.

use std::collections::{BTreeMap, HashMap};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use crate::manifest::selects;

type Labels = BTreeMap<String, String>;

/// What objects say of the pods that they select by labels; what is said with the same selector in one namespace is one.
pub(super) struct Selectors<'a, T> {
    /// What is said: the labels that are asked for, and the rest.
    said: Vec<(Option<&'a Labels>, T)>,
    /// Places of what is said of all pods of a namespace.
    of_all: HashMap<&'a str, usize>,
    /// Places of the others by namespace and the label that fewest ask for.
    by_label: HashMap<(&'a str, &'a str, &'a str), Vec<usize>>,
}

impl<'a, T> Selectors<'a, T> {
    /// Takes what is said in a namespace by a selector. Expressions are not read: those that have some are left out.
    pub(super) fn of(all: impl IntoIterator<Item = (&'a str, Option<&'a LabelSelector>, T)>, merge: impl Fn(&mut T, T)) -> Self {
        let mut said: Vec<(Option<&'a Labels>, T)> = Vec::new();
        let mut places: HashMap<(&str, Option<&Labels>), usize> = HashMap::new();
        for (namespace, selector, value) in all {
            if selector.is_some_and(has_expressions) {
                continue;
            }
            let labels = selector.and_then(|selector| selector.match_labels.as_ref()).filter(|labels| !labels.is_empty());
            match places.get(&(namespace, labels)) {
                Some(at) => merge(&mut said[*at].1, value),
                None => {
                    places.insert((namespace, labels), said.len());
                    said.push((labels, value));
                }
            }
        }
        let mut counts: HashMap<(&str, &str, &str), usize> = HashMap::new();
        let keys =
            |namespace: &'a str, labels: &'a Labels| labels.iter().map(move |(name, value)| (namespace, name.as_str(), value.as_str()));
        for (namespace, labels) in places.keys() {
            labels.iter().flat_map(|labels| keys(namespace, labels)).for_each(|key| *counts.entry(key).or_default() += 1);
        }
        let (mut of_all, mut by_label) = (HashMap::new(), HashMap::<_, Vec<usize>>::new());
        for ((namespace, labels), at) in places {
            match labels.and_then(|labels| keys(namespace, labels).min_by_key(|key| (counts.get(key), *key))) {
                Some(key) => by_label.entry(key).or_default().push(at),
                None => drop(of_all.insert(namespace, at)),
            }
        }
        Self { said, of_all, by_label }
    }

    /// What is said of pods, in order.
    pub(super) fn about(&self, namespace: &str, labels: &Labels) -> Vec<&T> {
        let rarest =
            labels.iter().flat_map(|(name, value)| self.by_label.get(&(namespace, name.as_str(), value.as_str())).into_iter().flatten());
        let fits = |at: &&usize| self.said[**at].0.is_none_or(|wanted| selects(wanted, labels));
        let mut places: Vec<usize> = rarest.filter(fits).chain(self.of_all.get(namespace)).copied().collect();
        places.sort_unstable();
        places.into_iter().map(|at| &self.said[at].1).collect()
    }
}

/// Whether a selector asks for more than labels.
pub(super) fn has_expressions(selector: &LabelSelector) -> bool {
    selector.match_expressions.as_ref().is_some_and(|expressions| !expressions.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Labels {
        text.split_terminator(',')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn all_and_only_those_that_select_pods_are_found() {
        let selector = |text: &str| LabelSelector { match_labels: Some(labels(text)), match_expressions: None };
        let selectors = ["app=web", "", "app=web,tier=front", "tier=front", "app=web", "app=api"].map(selector);
        let namespaces = ["a", "a", "a", "a", "a", "a"];
        let all = namespaces.into_iter().zip(&selectors).enumerate();
        let selectors = Selectors::of(all.map(|(at, (namespace, selector))| (namespace, Some(selector), vec![at])), |one, mut more| {
            one.append(&mut more)
        });
        for (namespace, pods, expected) in [
            ("a", "app=web,tier=front", vec![0, 4, 1, 2, 3]),
            ("a", "app=web", vec![0, 4, 1]),
            ("a", "tier=front,x=y", vec![1, 3]),
            ("a", "", vec![1]),
            ("b", "app=web", vec![]),
        ] {
            let found: Vec<usize> = selectors.about(namespace, &labels(pods)).into_iter().flatten().copied().collect();
            assert_eq!(found, expected, "{namespace} {pods}");
        }
    }
}
