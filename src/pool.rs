//! Values that many have in common, each held once.

use std::sync::{Arc, PoisonError, RwLock};

/// Values that are kept: most ask for one of a few, and to compare with all of many would take too long.
const KEPT: usize = 16;

/// The first few different values.
#[derive(Debug)]
pub(crate) struct Pool<T>(RwLock<Vec<Arc<T>>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T: PartialEq> Pool<T> {
    /// The value, shared where an equal one is kept.
    pub(crate) fn share(&self, value: T) -> Arc<T> {
        let find = |kept: &[Arc<T>]| kept.iter().find(|known| ***known == value).cloned();
        let (found, is_full) = {
            let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
            (find(&kept), kept.len() >= KEPT)
        };
        if is_full || found.is_some() {
            return found.unwrap_or_else(|| Arc::new(value));
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let found = find(&kept);
        found.unwrap_or_else(|| {
            let value = Arc::new(value);
            kept.push(Arc::clone(&value));
            value
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_few_values_are_held_once() {
        let pool = Pool::default();
        let first: Vec<Arc<usize>> = (0..2 * KEPT).map(|value| pool.share(value)).collect();
        for (value, first) in first.iter().enumerate() {
            let again = pool.share(value);
            assert_eq!((*again, Arc::ptr_eq(&again, first)), (value, value < KEPT));
        }
    }
}
