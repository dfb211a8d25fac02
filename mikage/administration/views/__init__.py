"""The screens of those who keep the installation: accounts, rules, the directory."""
