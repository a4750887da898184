// Stands in for packages that are named but never used.
export default {};
