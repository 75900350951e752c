"""Sans couture: the platform of the cités de l'emploi and of the pactes plein emploi."""
