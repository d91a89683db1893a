//! Values that variables of the configuration have in one run, by the places of the variables.

use crate::route::text::Value;

/// What was set or looked up so far.
#[derive(Debug, Default)]
pub(super) struct Values<'c> {
    /// Where the value of each place stands among those held, counted from one; zero: nowhere.
    at: Vec<u32>,
    held: Vec<Value<'c>>,
}

impl<'c> Values<'c> {
    /// The value at a place.
    pub(super) fn get(&self, place: usize) -> Option<&Value<'c>> {
        let at = *self.at.get(place)?;
        self.held.get((at as usize).checked_sub(1)?)
    }

    /// Gives a place a value; `places` is how many there are.
    pub(super) fn set(&mut self, place: usize, value: Value<'c>, places: usize) {
        if self.at.is_empty() {
            self.at = vec![0; places];
            self.held.reserve(USUAL);
        }
        match (self.at[place] as usize).checked_sub(1) {
            Some(at) => self.held[at] = value,
            None => {
                self.held.push(value);
                self.at[place] = u32::try_from(self.held.len()).unwrap_or(0);
            }
        }
    }
}

/// Values that most requests come to hold.
const USUAL: usize = 32;
