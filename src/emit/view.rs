//! What templates get to see: structures with named fields, decided down to the words.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value};

/// Text that is printed as it is. Nothing else escapes quoting, and only Rust code can make it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Raw(Arc<Text>);

/// What is behind a [`Raw`].
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Text(String);

impl Raw {
    /// Text that is known to be fit for its place.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Text(text.into())))
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0.0
    }
}

impl AsRef<str> for Raw {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Text {
    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Object for Text {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.0.is_empty()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that a template can print, test or walk through.
pub(super) trait Shown {
    /// The value for the template.
    fn shown(&self) -> Value;
}

impl Shown for Raw {
    fn shown(&self) -> Value {
        Value::from_dyn_object(Arc::clone(&self.0))
    }
}

impl Shown for &'static str {
    fn shown(&self) -> Value {
        Value::from(*self)
    }
}

impl Shown for String {
    fn shown(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl Shown for bool {
    fn shown(&self) -> Value {
        Value::from(*self)
    }
}

impl Shown for i64 {
    fn shown(&self) -> Value {
        Value::from(*self)
    }
}

impl Shown for u16 {
    fn shown(&self) -> Value {
        Value::from(*self)
    }
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> Value {
        self.as_ref().map_or_else(|| Value::from(()), Shown::shown)
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn shown(&self) -> Value {
        self.iter().map(Shown::shown).collect()
    }
}

impl<T: Object + 'static> Shown for Arc<T> {
    fn shown(&self) -> Value {
        Value::from_dyn_object(Arc::clone(self))
    }
}

/// Declares a structure whose fields a template reads by their names.
///
/// Values are made when the template asks for them, so that a view costs little to build and nothing to drop.
macro_rules! view {
    ($($(#[$meta:meta])* struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub(in $crate::emit) struct $name {
            $($(#[$field_meta])* pub(in $crate::emit) $field: $type,)*
        }

        impl minijinja::value::Object for $name {
            fn get_value(self: &std::sync::Arc<Self>, key: &minijinja::Value) -> Option<minijinja::Value> {
                match key.as_str()? {
                    $(stringify!($field) => Some($crate::emit::view::Shown::shown(&self.$field)),)*
                    _ => None,
                }
            }
        }
    )*};
}

pub(super) use view;

/// `on` or `off`.
pub(super) fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
