pub fn runtime(_w: &super::World) -> crate::ir::Runtime {
    Default::default()
}
