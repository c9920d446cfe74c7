.venv/.installed: requirements/dev.txt .ci/environment
	@.ci/environment .venv requirements/dev.txt
setup: .venv/.installed
