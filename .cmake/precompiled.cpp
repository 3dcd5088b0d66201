// Gives the precompiled headers a target to be compiled in.
int main() {
  return 0;
}
