"""The door to HTTP: Connexion, starlette and uvicorn are known here and nowhere else."""
